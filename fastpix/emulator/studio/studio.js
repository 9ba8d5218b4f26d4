"use strict";

// What the page shows comes from one stream of snapshots. Each list is updated in place, so that what is open,
// focused or playing stays as it is.

const CONTROL = "/_emulator/";
const FAULTS = [
  ...[400, 404, 429, 500, 503].map((status) => [String(status), { status }]),
  ...["lost", "reset", "cut"].map((connection) => [connection, { connection }]),
  ["invalid", { body: '{"success":' }],
  ["3 s late", { delay: 3 }],
];
const KIND_OF_STATUS = {
  Ready: "good", active: "good", delivered: "good", complete: "good",
  Failed: "bad", failed: "bad", expired: "bad", cancelled: "bad",
  Created: "busy", Processing: "busy", preparing: "busy", pending: "busy", waiting: "busy",
};
const RETRY = 1000;

const $ = (id) => document.getElementById(id);
let clock = { isHeld: true, ahead: 0 };
let faults = [];
const sending = new Map();

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

function write(node, text) {
  if (node.textContent !== String(text)) node.textContent = text;
}

/** Make the children of a list those of some items, each with a key. `make` makes a child, and `update` changes it. */
function list(parent, items, key, make, update) {
  const known = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  items.forEach((item, index) => {
    let child = known.get(String(key(item)));
    known.delete(String(key(item)));
    if (!child) {
      child = make(item);
      child.dataset.key = key(item);
    }
    update(child, item);
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  });
  known.forEach((child) => child.remove());
}

const rows = (id) => document.querySelector(`#${id} > ul`);
const part = (child, name) => child.querySelector(`[data-part="${name}"]`);

function badge(node, status) {
  node.className = `badge ${KIND_OF_STATUS[status] ?? ""}`;
  write(node, status);
}

function duration(seconds) {
  const whole = Math.round(seconds);
  const rest = [Math.floor(whole / 60) % 60, whole % 60].map((number) => String(number).padStart(2, "0"));
  return whole < 3600 ? rest.join(":") : [Math.floor(whole / 3600), ...rest].join(":");
}

function bytes(count) {
  const units = ["B", "KiB", "MiB", "GiB"];
  let index = 0;
  while (count >= 1024 && index < units.length - 1) [count, index] = [count / 1024, index + 1];
  return `${index ? count.toFixed(1) : count} ${units[index]}`;
}

async function ask(method, path, body) {
  write($("told"), "");
  const headers = body === undefined ? {} : { "content-type": "application/json" };
  const response = await fetch(CONTROL + path, { method, headers, body: JSON.stringify(body) }).catch(() => null);
  if (response?.ok) return response.status === 204 ? null : response.json();
  const told = await response?.json().catch(() => null);
  const error = told?.error;
  write($("told"), error ? [error.message, error.description].filter(Boolean).join(": ") : "The local FastPix does not answer.");
  return null;
}

// media

function newTile(media) {
  const open = () => play(tiles.get(media.id));
  return element("li", {},
    element("button", { class: "picture", onclick: open }, element("span", { class: "length", "data-part": "length" })),
    element("div", { class: "about" },
      element("strong", { "data-part": "title" }),
      element("span", { class: "line" }, element("span", { "data-part": "status" }), element("span", { class: "quiet", "data-part": "policy" })),
      element("span", { class: "quiet", "data-part": "facts" })));
}

const tiles = new Map();

function updateTile(tile, media) {
  tiles.set(media.id, media);
  const title = media.title || media.id.slice(0, 8);
  const picture = tile.querySelector(".picture");
  picture.disabled = !media.grant;
  picture.setAttribute("aria-label", media.grant ? `Play ${title}` : `${title} has no file that plays`);
  if (media.grant && media.hasVideo && !picture.querySelector("img")) {
    const [id, pass] = media.grant.split("/");
    picture.prepend(element("img", { src: `/${id}/thumbnail.jpg?width=480&pass=${pass}`, alt: "", loading: "lazy" }));
  }
  write(part(tile, "length"), duration(media.seconds));
  write(part(tile, "title"), title);
  badge(part(tile, "status"), media.status);
  write(part(tile, "policy"), media.policy);
  write(part(tile, "facts"), [media.size, media.tracks].filter(Boolean).join(" · "));
}

let hls = null;

function play(media) {
  const [id, pass] = media.grant.split("/");
  const video = $("player").querySelector("video");
  const url = `/${id}.m3u8?pass=${pass}`;
  write($("playing"), media.title || media.id);
  write($("facts"), `${media.id} · ${media.size} · ${media.tracks}`);
  $("player").showModal();
  if (Hls.isSupported()) {
    hls = new Hls({ enableWorker: false });
    hls.loadSource(url);
    hls.attachMedia(video);
  } else {
    video.src = url;
  }
  video.play().catch(() => {});
}

$("player").addEventListener("close", () => {
  const video = $("player").querySelector("video");
  hls?.destroy();
  hls = null;
  video.removeAttribute("src");
  video.load();
});

// live streams

function newStream(stream) {
  const change = (event) => ask("POST", "encoder", { streamId: stream.id, isConnected: event.currentTarget.value === "connect" });
  return element("li", {},
    element("span", { class: "line" },
      element("strong", { "data-part": "name" }), element("span", { "data-part": "status" }),
      element("button", { "data-part": "encoder", onclick: change })),
    element("span", { class: "quiet", "data-part": "facts" }));
}

function updateStream(row, stream) {
  write(part(row, "name"), stream.name || stream.id.slice(0, 8));
  badge(part(row, "status"), stream.status);
  part(row, "encoder").value = stream.isConnected ? "disconnect" : "connect";
  write(part(row, "encoder"), stream.isConnected ? "Disconnect encoder" : "Connect encoder");
  const recordings = stream.recordings ? ` · ${stream.recordings} recorded` : "";
  write(part(row, "facts"), `${stream.id} · ${stream.policy}${recordings}`);
}

// uploads

function newUpload() {
  return element("li", {},
    element("span", { class: "line" }, element("code", { "data-part": "id" }), element("span", { "data-part": "status" }), element("span", { class: "quiet", "data-part": "size" })),
    element("progress", { max: 1, "aria-label": "Progress of the upload" }));
}

function updateUpload(row, upload) {
  const sent = sending.get(upload.id);
  const total = upload.total ?? sent?.total ?? null;
  const received = Math.max(upload.received, upload.status === "waiting" && sent ? sent.loaded : 0);
  write(part(row, "id"), upload.id.slice(0, 8));
  badge(part(row, "status"), upload.status);
  write(part(row, "size"), total ? `${bytes(received)} of ${bytes(total)}` : bytes(received));
  row.querySelector("progress").value = upload.status === "complete" ? 1 : total ? received / total : 0;
}

async function send(file) {
  const started = await ask("POST", "uploads");
  if (!started) return;
  const id = started.url.match(/[0-9a-f-]{36}(?=\?)/)[0];
  const request = new XMLHttpRequest();
  request.upload.onprogress = (event) => {
    sending.set(id, event);
    const row = rows("uploads").querySelector(`[data-key="${id}"]`);
    if (row) updateUpload(row, { id, status: "waiting", received: 0, total: event.total });
  };
  request.onloadend = () => {
    sending.delete(id);
    if (request.status !== 200) write($("told"), `${file.name} was not uploaded: ${request.status} ${request.responseText}`);
  };
  request.open("PUT", started.url);
  request.send(file);
}

const sendAll = (files) => [...files].forEach(send);
$("file").addEventListener("change", (event) => {
  sendAll(event.target.files);
  event.target.value = "";
});
for (const [name, isOver] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    $("drop").classList.toggle("over", isOver);
    if (name === "drop") sendAll(event.dataTransfer.files);
  });
}

// requests and webhooks

const pretty = (value) => JSON.stringify(value, null, 2);

function newRequest(request) {
  const isGood = request.status !== null && request.status < 400;
  const status = element("span", { class: `badge ${isGood ? "good" : "bad"}` }, request.status === null ? "no response" : String(request.status));
  const line = element("span", { class: "line" }, element("strong", {}, request.function || "unknown"), element("code", { class: "quiet" }, `${request.method} ${request.path}`), status);
  const shown = [Object.keys(request.query).length ? `query ${pretty(request.query)}` : "", request.body === null ? "" : `body ${pretty(request.body)}`].filter(Boolean);
  return element("li", {}, shown.length ? element("details", {}, element("summary", {}, line), element("pre", {}, shown.join("\n"))) : line);
}

function newDelivery(delivery) {
  const again = () => ask("POST", "deliveries", { id: delivery.id });
  const line = element("span", { class: "line" }, element("strong", {}, delivery.type), element("span", { "data-part": "status" }));
  return element("li", {},
    element("details", {}, element("summary", {}, line), element("pre", {}, pretty(delivery.body))),
    element("span", { class: "line" }, element("span", { class: "quiet", "data-part": "outcomes" }), element("button", { onclick: again }, "Send again")));
}

function updateDelivery(row, delivery) {
  badge(part(row, "status"), delivery.status);
  write(part(row, "outcomes"), delivery.outcomes.length ? `answered ${delivery.outcomes.join(", then ")}` : "not sent yet");
}

// faults

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const operation = () => $("operation").value || null;
const planned = () => faults.find((plan) => plan.operation === operation())?.outcomes ?? [];
const nameOf = (outcome) => FAULTS.find(([, known]) => same(outcome, known))?.[0] ?? JSON.stringify(outcome);

async function toggle(known) {
  const isOn = planned().some((outcome) => same(outcome, known));
  if (!isOn) {
    await ask("POST", "faults", { operation: operation(), outcomes: [known] });
    return;
  }
  const rest = faults.map((plan) => ({
    ...plan,
    outcomes: plan.outcomes.filter((outcome) => plan.operation !== operation() || !same(outcome, known)),
  }));
  await ask("DELETE", "faults");
  for (const plan of rest.filter((plan) => plan.outcomes.length)) await ask("POST", "faults", plan);
}

for (const [name, outcome] of FAULTS) {
  const made = element("button", { role: "switch", "aria-checked": "false", onclick: () => toggle(outcome) }, name);
  document.querySelector(".switches").append(made);
}

function showFaults() {
  document.querySelectorAll(".switches button").forEach((button, index) => {
    button.setAttribute("aria-checked", planned().some((outcome) => same(outcome, FAULTS[index][1])));
  });
  list(rows("faults"), faults, (plan) => plan.operation ?? "", () => element("li", {}, element("span", { class: "line" }, element("strong"), element("span", { class: "quiet" }))), (row, plan) => {
    write(row.querySelector("strong"), plan.operation ?? "any operation");
    write(row.querySelector(".quiet"), plan.outcomes.map(nameOf).join(", then "));
  });
}

$("operation").addEventListener("change", showFaults);
ask("GET", "").then((about) => {
  const names = [...(about?.operations ?? []).map((one) => one.id), "upload"].sort();
  $("operation").append(...names.map((name) => element("option", {}, name)));
});

// the clock

function showTime() {
  const seconds = clock.isHeld ? clock.ahead : Date.now() / 1000 + clock.ahead;
  write($("time"), new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ") + " UTC");
}

$("hold").addEventListener("click", () => ask("POST", "clock", { hold: !clock.isHeld }));
for (const button of document.querySelectorAll("[data-advance]")) {
  button.addEventListener("click", () => ask("POST", "clock", { advance: Number(button.dataset.advance) }));
}
setInterval(showTime, 250);

// everything

function show(snapshot) {
  clock = snapshot;
  faults = snapshot.faults;
  $("hold").setAttribute("aria-pressed", clock.isHeld);
  for (const [name, count] of Object.entries(snapshot.totals)) write($(`count-${name}`), count);
  list(rows("media"), snapshot.media, (one) => one.id, newTile, updateTile);
  list(rows("streams"), snapshot.streams, (one) => one.id, newStream, updateStream);
  list(rows("uploads"), snapshot.uploads, (one) => one.id, newUpload, updateUpload);
  list(rows("requests"), snapshot.requests, (one) => one.number, newRequest, () => {});
  list(rows("webhooks"), snapshot.deliveries, (one) => one.id, newDelivery, updateDelivery);
  write($("targets"), snapshot.webhooks.length ? `Sent to ${snapshot.webhooks.map((one) => one.url).join(", ")}` : "No webhooks yet. Start the local FastPix with --forward-to URL.");
  showFaults();
  showTime();
}

function connection(text, kind) {
  $("connection").className = kind;
  write($("connection"), text);
}

function listen() {
  const changes = new EventSource(`${CONTROL}changes`);
  changes.onopen = () => connection("live", "live");
  changes.onmessage = (event) => show(JSON.parse(event.data));
  changes.onerror = () => {
    connection("The local FastPix does not answer. The page tries again.", "gone");
    changes.close();
    setTimeout(listen, RETRY);
  };
}

listen();
