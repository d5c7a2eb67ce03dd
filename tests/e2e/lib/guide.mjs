// The client that the seed's guide prints, assembled from its code blocks character for character.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { frame } from './frame.mjs';

const folder = join(dirname(fileURLToPath(import.meta.url)), '../guide');
const names = ['1-connect', '2-join', '3-initialize', '4-offer', '5-answer-offer', '6-handle-answer',
    '7-handle-candidates', '8-controls'];
const blocks = Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, `${name}.js`), 'utf8')]));

/// Throws when a block is no longer what the guide prints.
export function verifyBlocks() {
    const sums = readFileSync(join(folder, 'SHA256SUMS'), 'utf8').trim().split('\n').map((line) => line.split(/\s+/));
    for (const [sum, file] of sums) {
        const actual = createHash('sha256').update(readFileSync(join(folder, file))).digest('hex');
        if (actual !== sum) throw new Error(`guide/${file} differs from the guide`);
    }
    return sums.length;
}

/// The least that an application adds to the guide to come back after its connection was lost: it enters the room again on the new
/// connection, and keeps the peer connection it has when `joined_room` comes a second time. In effect only where a test asks for it.
const rejoin = `
if (config.rejoin) {
  socket.on("connected", () => socket.emit("join_room",
    { room_id, user_id: attendee.user_id, role: attendee.role, token: attendee.access_token }));
}
`;

/// The page's module. The guide leaves the body of `initializeWebRTC` and the moment of the offer to its reader: what uses the
/// peer connection becomes that body, and the offer and the controls wait until the test says so.
export const guideModule = `
${blocks['1-connect']}
const sessionId = config.session;
const { localVideo, remoteVideo } = Object.fromEntries([...document.querySelectorAll('video')].map((v) => [v.id, v]));
${blocks['2-join']}
${rejoin}
function initializeWebRTC() {
if (config.rejoin && guide.peerConnection) return;
${blocks['3-initialize']}
${blocks['5-answer-offer']}
${blocks['6-handle-answer']}
${blocks['7-handle-candidates']}
Object.assign(guide, {
socket, room_id, attendee, signaling_server_url, peerConnection,
async offer() {
${blocks['4-offer']}
},
controls() {
${blocks['8-controls']}
},
});
}
`;

export const guidePage = frame({
    title: 'The guide\'s client', module: '/guide.mjs',
    body: '<video id="localVideo" autoplay muted playsinline></video><video id="remoteVideo" autoplay playsinline></video>',
});
