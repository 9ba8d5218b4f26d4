"""The results of AI features. They are made up: their form is that of the service, their content is not."""

from collections.abc import Callable

from msgspec.structs import replace

from fastpix._call.validation import mapping
from fastpix.api.media import Media, MediaInsight, MediaSummary
from fastpix.api.media_ai import (
    ActionItem,
    AdvancedSummary,
    AdvancedSummaryResult,
    AttributedTranscript,
    AttributedTranscriptSegment,
    DatedEvent,
    DetailedNote,
    KeyDecision,
    KeyMetric,
    MeetingSummary,
    OpenQuestion,
    Sentiment,
    SpeakerTalkTime,
    Task,
    TranscriptWord,
)
from fastpix.api.times import seconds_of
from fastpix.emulator.clock import text_of_duration

__all__ = [
    "FAILED_REASON",
    "OUTPUTS",
    "advanced_summary_of",
    "failed_output",
    "output_of",
    "preparing_output",
    "told_of",
    "transcript_of",
]

FAILED_REASON = "the media has failed"
WORDS = ("Hello", "and", "welcome.", "This", "is", "a", "video", "on", "the", "local", "FastPix.")


def preparing_output(name: str) -> MediaSummary | MediaInsight:
    """Return the output of an AI feature while it is in preparation. The name is one of `OUTPUTS`."""
    return MediaSummary(status="preparing") if name == "summary" else MediaInsight(status="preparing")


def failed_output(name: str) -> MediaSummary | MediaInsight:
    """Return the output of an AI feature of a media that failed. The name is one of `OUTPUTS`."""
    return replace(preparing_output(name), status="failed", failed_reason=FAILED_REASON)


def output_of(name: str, media: Media) -> MediaSummary | MediaInsight:
    """Return the finished output of an AI feature of a media.

    Args:
        name: One of `OUTPUTS`.
        media: The media, with the output in preparation.
    """
    return OUTPUTS[name](media)


def told_of(name: str, output: MediaSummary | MediaInsight) -> dict[str, object]:
    """Return what the event of a finished output says."""
    if isinstance(output, MediaInsight):
        return {str(field): value for field, value in mapping(output.data).items()}
    return {"isSummaryGenerated": True, name: output.data}


def _summary(media: Media) -> MediaSummary:
    return MediaSummary(status="available", data=f"A summary of {_name(media)}.")


def _chapters(media: Media) -> MediaInsight:
    middle, end = text_of_duration(_seconds(media) / 2), text_of_duration(_seconds(media))
    chapters = [
        {"chapter": "1", "startTime": "00:00:00", "endTime": middle, "title": "The beginning", "summary": "It starts."},
        {"chapter": "2", "startTime": middle, "endTime": end, "title": "The rest", "summary": "It ends."},
    ]
    return MediaInsight(status="available", data={"isChaptersGenerated": True, "chapters": chapters})


def _named_entities(media: Media) -> MediaInsight:
    return MediaInsight(status="available", data={"namedEntities": ["FastPix", _name(media)]})


def _moderation(_: Media) -> MediaInsight:
    scores = [{"category": category, "score": 0.01} for category in ("Harassment", "Hate", "Sexual", "Violence")]
    return MediaInsight(status="available", data={"moderationResult": scores})


OUTPUTS: dict[str, Callable[[Media], MediaSummary | MediaInsight]] = {
    "summary": _summary,
    "chapters": _chapters,
    "named_entities": _named_entities,
    "moderation": _moderation,
}
"""The outputs that are fields of a media."""


def advanced_summary_of(media: Media) -> AdvancedSummary:
    """Return the finished advanced summary of a media."""
    name, end = _name(media), text_of_duration(_seconds(media))
    result = AdvancedSummaryResult(
        meeting_summary=MeetingSummary(title=name, overview=f"A conversation about {name}."),
        key_decisions=[KeyDecision("To test without an account", "speaker_1", None)],
        detailed_notes=[
            DetailedNote("The local FastPix", "00:00:00", "It answers like the service.", ["It is local."])
        ],
        action_items=[ActionItem("speaker_2", [Task("Write a test", None, end)])],
        open_questions=[OpenQuestion("What is next?", "speaker_2", None, "The end of the conversation")],
        key_metrics=[KeyMetric("Duration in seconds", f"{_seconds(media):g}")],
        dates_and_times=[DatedEvent("today", "The day of the test")],
        sentiment=Sentiment(positive=60, neutral=30, negative=10),
        speaker_talk_time=[SpeakerTalkTime("speaker_1", 70, 150), SpeakerTalkTime("speaker_2", 30, 140)],
    )
    return AdvancedSummary("COMPLETED", result)


def transcript_of(media: Media) -> AttributedTranscript:
    """Return the finished attributed transcript of a media."""
    step = _seconds(media) / len(WORDS)
    words = [
        TranscriptWord(word, round(index * step, 3), round((index + 1) * step, 3)) for index, word in enumerate(WORDS)
    ]
    first, second = _segment("speaker_1", words[:3]), _segment("speaker_2", words[3:])
    return AttributedTranscript("COMPLETED", [first, replace(second, words=None)])


def _segment(speaker: str, words: list[TranscriptWord]) -> AttributedTranscriptSegment:
    text = " ".join(str(word.word) for word in words)
    return AttributedTranscriptSegment(speaker, words[0].start_sec, words[-1].end_sec, text, words)


def _name(media: Media) -> str:
    return media.title or f"media {media.id}"


def _seconds(media: Media) -> float:
    return seconds_of(media.duration) or 0
