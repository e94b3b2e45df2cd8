"""The quick start of the service's public documents, run with its own Python SDK against whatever the environment names.

Prints one JSON object: the event types of both modes in the order they came, and how many bytes of audio each brought; then
the same of a session that uses what the quick start leaves out.
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
        self.statuses = []
        self.first_audio = threading.Event()
        self.finished = threading.Event()
        self.closed = threading.Event()
        self.response_done = threading.Event()

    def on_event(self, message):
        kind = message['type']
        self.types.append(kind)
        if kind == 'response.audio.delta':
            self.audio_bytes += len(base64.b64decode(message['delta']))
            self.first_audio.set()
        if kind == 'response.done':
            self.statuses.append(message['response']['status'])
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
    return ended(tts, listener)


def speak_with_everything(voice):
    """Every option, a workspace, a header of one's own; text that is cleared, a response that is cancelled, one that is not."""
    listener = Listener()
    tts = QwenTtsRealtime(
        model=MODEL,
        callback=listener,
        workspace='ws-1',
        headers={'X-DashScope-DataInspection': 'enable'},
        url=os.environ['DASHSCOPE_REALTIME_URL'],
    )
    tts.connect()
    tts.update_session(
        voice=voice,
        mode='commit',
        sample_rate=16000,
        volume=60,
        speech_rate=1.25,
        audio_format='pcm',
        pitch_rate=0.9,
        bit_rate=64,
        language_type='English',
        enable_tn=True,
        instructions='',
        optimize_instructions=False,
        channels=1,
    )
    tts.append_text('This is forgotten.')
    tts.clear_appended_text()
    for text in ['The lamp went out, and nobody spoke. ' * 12, 'The end.']:
        tts.append_text(text)
        tts.commit()
        if not listener.statuses:
            assert listener.first_audio.wait(20), 'no audio'
            tts.cancel_response()
        assert listener.response_done.wait(20), 'no response.done'
        listener.response_done.clear()
    return ended(tts, listener)


def ended(tts, listener):
    tts.finish()
    assert listener.finished.wait(20), 'no session.finished'
    assert listener.closed.wait(20), 'not closed'
    return {
        'types': listener.types,
        'audioBytes': listener.audio_bytes,
        'statuses': listener.statuses,
        'sessionId': tts.get_session_id(),
        'lastResponseId': tts.get_last_response_id(),
        'closeCode': listener.close_code,
    }


voice_id = enrol(sys.argv[1])
answer = {mode: speak(voice_id, mode) for mode in ['server_commit', 'commit']}
print(json.dumps({'voice': voice_id, **answer, 'everything': speak_with_everything(voice_id)}))
