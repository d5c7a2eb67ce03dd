// The client that the seed's guide prints, assembled from its code blocks character for character.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

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

/// The page's module. The guide leaves the body of `initializeWebRTC` and the moment of the offer to its reader: what uses the
/// peer connection becomes that body, and the offer and the controls wait until the test says so.
export const guideModule = `
${blocks['1-connect']}
const sessionId = config.session;
const { localVideo, remoteVideo } = Object.fromEntries([...document.querySelectorAll('video')].map((v) => [v.id, v]));
${blocks['2-join']}
function initializeWebRTC() {
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

/// \`import io from "socket.io-client"\` comes here: the client's browser bundle, told only where the server of the test is, which
/// transports the test is about, and to remember what arrives.
export const ioModule = `
export default function io(url, options) {
    const here = url === 'http://localhost:8086' ? config.server : url;
    const socket = window.io(here, { ...options, ...(config.transports ? { transports: config.transports } : {}) });
    socket.onAny((event, ...args) => {
        guide.received.push({ event, data: args[0] });
        if (event === 'connected') guide.idAtConnected = socket.id;
    });
    return socket;
}
`;

export const guidePage = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>The guide's client</title>
<style>video { width: 320px; height: 240px; background: #222; margin: 4px }</style></head>
<body>
<video id="localVideo" autoplay muted playsinline></video><video id="remoteVideo" autoplay playsinline></video>
<script>
const query = new URLSearchParams(location.search);
window.config = {
    server: query.get('server'), session: query.get('session'), token: location.hash.slice(1),
    transports: query.get('transports')?.split(','),
};
window.guide = { received: [] };
const plainFetch = window.fetch;
window.fetch = (path, init) => plainFetch(config.server + path,
    { ...init, headers: { ...init.headers, Authorization: 'Bearer ' + config.token } });
document.write('<script src="/clients/' + query.get('version') + '.js"><' + '/script>');
</script>
<script type="importmap">{"imports": {"socket.io-client": "/io.mjs"}}</script>
<script type="module" src="/guide.mjs"></script>
</body></html>
`;
