// The seed's table of server events: what every client may rely on. More fields are allowed, fewer are not.
import assert from 'node:assert/strict';

export const serverEvents = {
    connected: ['sid'],
    joined_room: ['room_id', 'peer_id', 'role', 'participants_count'],
    user_joined: ['user_id', 'peer_id', 'role'],
    user_left: ['user_id'],
    webrtc_offer: ['from_peer_id', 'offer'],
    webrtc_answer: ['from_peer_id', 'answer'],
    ice_candidate: ['from_peer_id', 'candidate'],
    audio_toggled: ['user_id', 'enabled'],
    video_toggled: ['user_id', 'enabled'],
    screen_share_toggled: ['user_id', 'enabled'],
    chat_message: ['user_id', 'message', 'timestamp'],
    error: ['message'],
};

export function assertSeedFields(received) {
    for (const { event, data } of received) {
        for (const field of serverEvents[event] ?? []) {
            assert.ok(data && field in data, `"${event}" has the field "${field}"`);
        }
    }
}
