"""What the service's own Python SDK does with Qwen-Audio-TTS: enrol, query, list, speak in three ways, update, delete.

Prints one line of JSON. Only public calls of the SDK are used; its code is not part of this repository.
"""
import base64
import hashlib
import json
import os
import sys
import threading
import urllib.request

import dashscope
from dashscope.audio.http_tts import HttpSpeechSynthesizer
from dashscope.audio.tts_v2 import (
    AudioFormat,
    ResultCallback,
    SpeechSynthesizer,
    VoiceEnrollmentException,
    VoiceEnrollmentService,
)

MODEL = "qwen-audio-3.1-tts-flash"
dashscope.base_http_api_url = os.environ["SIMULATOR_HTTP"]
dashscope.base_websocket_api_url = os.environ["SIMULATOR_WS"]

with open(sys.argv[1], "rb") as sample:
    url = "data:audio/wav;base64," + base64.b64encode(sample.read()).decode()

service = VoiceEnrollmentService()
voice = service.create_voice(MODEL, "sdk", url, language_hints=["en"], max_prompt_audio_length=12.5)
queried = service.query_voice(voice)
listed = service.list_voices(prefix="sdk")
try:
    service.create_voice(MODEL, "Not_A_Prefix", url)
    refused = None
except VoiceEnrollmentException as error:
    refused = str(error)


class Recorder(ResultCallback):
    def __init__(self):
        self.events, self.audio, self.error = [], b"", None
        self.over = threading.Event()

    def on_event(self, message):
        payload = json.loads(message)["payload"]
        self.events.append(payload["output"]["type"])

    def on_data(self, data):
        self.audio += data

    def on_error(self, message):
        self.error = json.loads(message)["header"]
        self.over.set()

    def on_complete(self):
        self.over.set()


def synthesizer(callback=None, **more):
    return SpeechSynthesizer(model=MODEL, voice=voice, callback=callback, **more)


def once(seed):
    return synthesizer(format=AudioFormat.PCM_24000HZ_MONO_16BIT, seed=seed, language_hints=["en"]).call(
        "The lamp was out. Nobody had seen it go.",
        timeout_millis=20000,
    )


whole = [hashlib.sha256(once(seed)).hexdigest() for seed in (7, 7, 8)]

streamed = Recorder()
stream = synthesizer(
    streamed,
    format=AudioFormat.WAV_16000HZ_MONO_16BIT,
    instruction="Calm.",
    additional_params={"word_timestamp_enabled": True},
)
stream.streaming_call("The lamp was out. ")
stream.streaming_call("Nobody had seen")
stream.streaming_flush()
stream.streaming_call(" it go.")
stream.streaming_complete(20000)

preset = synthesizer(Recorder())
preset.streaming_call("With the SDK's own format.")
preset.streaming_complete(20000)

failed = Recorder()
wrong = SpeechSynthesizer(model="cosyvoice-v3-flash", voice=voice, callback=failed)
try:
    wrong.streaming_call("A voice of another model.")
except Exception:  # The connection may be closed before the text is sent.
    pass
failed.over.wait(10)

over_http = dict(model=MODEL, text="The lamp was out. Nobody had seen it go.", voice=voice, audio_format="pcm", seed=7)
answered = HttpSpeechSynthesizer.call(**over_http)
with urllib.request.urlopen(answered.audio_url) as sound:
    fetched = sound.read()
*_, last = HttpSpeechSynthesizer.call(stream=True, **over_http)
try:
    HttpSpeechSynthesizer.call(**{**over_http, "voice": "nobody"})
    http_refused = None
except RuntimeError as error:
    http_refused = str(error)

service.update_voice(voice, url)
service.delete_voice(voice)
print(
    json.dumps(
        {
            "voice": voice,
            "queried": queried,
            "listed": listed,
            "refused": refused,
            "whole": whole,
            "events": streamed.events,
            "head": streamed.audio[:4].decode("latin1"),
            "usage": stream.get_response()["payload"]["usage"],
            "presetBytes": len(preset.callback.audio),
            "failed": failed.error,
            "http": {
                "same": len(fetched) > 0 and fetched == last.audio_data,
                "sentences": len(last.sentences),
                "refused": http_refused,
            },
        },
    ),
)
