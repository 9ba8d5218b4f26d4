"""The Studio: a page that shows what a local FastPix has and does, and has buttons for its clock, faults and webhooks."""
