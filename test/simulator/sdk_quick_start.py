"""The quick start of the service's public documents, run with its own Python SDK against whatever the environment names.

Prints one JSON object: the event types of both modes in the order they came, and how many bytes of audio each brought.
Exits with 77 when the SDK is not installed.
"""

import base64
import json
import os
import sys
import threading
import urllib.request

try:
    from dashscope.audio.qwen_tts_realtime import AudioFormat, QwenTtsRealtime, QwenTtsRealtimeCallback
except ImportError as reason:
    print(f'The SDK can not be imported: {reason}', file=sys.stderr)
    sys.exit(77)

MODEL = 'qwen3-tts-vc-realtime-2026-01-15'
TEXTS = ['The lamp went out. ', 'Who is there? ', 'Nobody answered.']


def enrol(sample):
    with open(sample, 'rb') as file:
        data = 'data:audio/wav;base64,' + base64.b64encode(file.read()).decode()
    body = {
        'model': 'qwen-voice-enrollment',
        'input': {'action': 'create', 'target_model': MODEL, 'preferred_name': 'sdk', 'audio': {'data': data}},
    }
    request = urllib.request.Request(
        os.environ['DASHSCOPE_HTTP_BASE_URL'] + '/services/audio/tts/customization',
        data=json.dumps(body).encode(),
        headers={
            'Authorization': 'Bearer ' + os.environ['DASHSCOPE_API_KEY'],
            'Content-Type': 'application/json',
        },
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)['output']['voice']


class Listener(QwenTtsRealtimeCallback):
    def __init__(self):
        self.types = []
        self.audio_bytes = 0
        self.close_code = None
        self.finished = threading.Event()
        self.closed = threading.Event()
        self.response_done = threading.Event()

    def on_event(self, message):
        kind = message['type']
        self.types.append(kind)
        if kind == 'response.audio.delta':
            self.audio_bytes += len(base64.b64decode(message['delta']))
        if kind == 'response.done':
            self.response_done.set()
        if kind == 'session.finished':
            self.finished.set()

    def on_close(self, close_status_code, close_msg):
        self.close_code = close_status_code
        self.closed.set()


def speak(voice, mode):
    listener = Listener()
    tts = QwenTtsRealtime(model=MODEL, callback=listener, url=os.environ['DASHSCOPE_REALTIME_URL'])
    tts.connect()
    tts.update_session(voice=voice, response_format=AudioFormat.PCM_24000HZ_MONO_16BIT, mode=mode)
    for text in TEXTS:
        tts.append_text(text)
        if mode == 'commit':
            listener.response_done.clear()
            tts.commit()
            assert listener.response_done.wait(20), 'no response.done'
    tts.finish()
    assert listener.finished.wait(20), 'no session.finished'
    assert listener.closed.wait(20), 'not closed'
    return {
        'types': listener.types,
        'audioBytes': listener.audio_bytes,
        'sessionId': tts.get_session_id(),
        'lastResponseId': tts.get_last_response_id(),
        'closeCode': listener.close_code,
    }


voice_id = enrol(sys.argv[1])
print(json.dumps({'voice': voice_id, 'server_commit': speak(voice_id, 'server_commit'), 'commit': speak(voice_id, 'commit')}))
