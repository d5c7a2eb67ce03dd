// The least client that holds a call of several people: one peer connection for each other person, with the contract's events alone.

import { frame } from './frame.mjs';

export const meshModule = `
import io from "socket.io-client";

const answer = await fetch('/api/video/sessions/' + config.session + '/join',
    { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' });
const { room_id, attendee } = await answer.json();
const stream = config.silent ? undefined : await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
if (stream) document.getElementById('own').srcObject = stream;
const socket = io(config.server, { transports: ['websocket'] });
const connections = new Map();
Object.assign(guide, { socket, room_id, attendee, connections, sent: [] });

function send(event, target, content) {
    const data = { room_id, from_peer_id: attendee.peer_id, target_peer_id: target, ...content };
    guide.sent.push({ event, data: JSON.parse(JSON.stringify(data)) });
    socket.emit(event, data);
}

function connect(peer) {
    const connection = new RTCPeerConnection();
    connections.set(peer, connection);
    if (stream) for (const track of stream.getTracks()) connection.addTrack(track, stream);
    connection.onicecandidate = ({ candidate }) => { if (candidate) send('ice_candidate', peer, { candidate }); };
    connection.ontrack = ({ streams }) => {
        const video = document.getElementById(peer) ?? document.body.appendChild(document.createElement('video'));
        Object.assign(video, { id: peer, autoplay: true, playsInline: true, srcObject: streams[0] });
    };
    return connection;
}

// Who is there offers to whoever comes.
socket.on('connected', () => socket.emit('join_room',
    { room_id, user_id: attendee.user_id, role: attendee.role, token: attendee.access_token }));
socket.on('user_joined', async ({ peer_id: peer }) => {
    const connection = connect(peer);
    const offer = await connection.createOffer();
    await connection.setLocalDescription(offer);
    send('webrtc_offer', peer, { offer });
});
socket.on('webrtc_offer', async ({ from_peer_id: peer, offer }) => {
    const connection = connect(peer);
    await connection.setRemoteDescription(offer);
    const answer = await connection.createAnswer();
    await connection.setLocalDescription(answer);
    send('webrtc_answer', peer, { answer });
});
socket.on('webrtc_answer', ({ from_peer_id: peer, answer }) => connections.get(peer).setRemoteDescription(answer));
socket.on('ice_candidate', ({ from_peer_id: peer, candidate }) => connections.get(peer)?.addIceCandidate(candidate));
socket.on('user_left', ({ peer_id: peer }) => {
    connections.get(peer)?.close();
    connections.delete(peer);
    document.getElementById(peer)?.remove();
});
`;

export const meshPage = frame({
    title: 'A call of several people', module: '/mesh.mjs', body: '<video id="own" autoplay muted playsinline></video>',
});
