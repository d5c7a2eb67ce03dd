'use strict';

// A signaling server on the reference implementation of Socket.IO: rooms, offers, answers and candidates, toggles, chat.
// See ../README.md.

const http = require('node:http');
const { Server } = require('socket.io');

const port = Number(process.env.PORT || 8086);
const host = process.env.HOST || '127.0.0.1';
const transport = process.env.TRANSPORT || 'ws';

/** room_id -> Map(peer_id -> { socket, userId, role }) */
const rooms = new Map();

const io = new Server({
  serveClient: false,
  perMessageDeflate: false, // the default, stated because figures depend on it
  cors: { origin: '*' },
});

function isText(value) {
  return typeof value === 'string' && value.length > 0;
}

function fail(socket, message) {
  socket.emit('error', { message });
}

/** The room that this socket has joined under that name, or undefined after telling it off. */
function roomOf(socket, data) {
  if (socket.data.roomId !== undefined && data && data.room_id === socket.data.roomId) {
    return rooms.get(socket.data.roomId);
  }
  fail(socket, 'Not in this room');
  return undefined;
}

function leave(socket) {
  const { roomId } = socket.data;
  if (roomId === undefined) return;
  socket.data.roomId = undefined;
  const members = rooms.get(roomId);
  members.delete(socket.id);
  if (members.size === 0) rooms.delete(roomId);
  socket.leave(roomId);
  io.to(roomId).emit('user_left', {
    room_id: roomId,
    peer_id: socket.id,
    user_id: socket.data.userId,
    participants_count: members.size,
  });
}

function join(socket, data) {
  if (!data || !isText(data.room_id) || !isText(data.user_id) || !isText(data.token)) {
    fail(socket, 'room_id, user_id and token are required');
    return;
  }
  if (socket.data.roomId !== undefined) leave(socket);
  const role = isText(data.role) ? data.role : 'patient';
  const members = rooms.get(data.room_id) || new Map();
  rooms.set(data.room_id, members);
  members.set(socket.id, { socket, userId: data.user_id, role });
  socket.data.roomId = data.room_id;
  socket.data.userId = data.user_id;
  socket.join(data.room_id);
  socket.emit('joined_room', {
    room_id: data.room_id,
    peer_id: socket.id,
    role,
    participants_count: members.size,
  });
  socket.to(data.room_id).emit('user_joined', {
    room_id: data.room_id,
    peer_id: socket.id,
    user_id: data.user_id,
    role,
    participants_count: members.size,
  });
}

/** Offers and answers go to one member of the sender's own room. */
function relayToTarget(socket, event, field, data) {
  const members = roomOf(socket, data);
  if (!members) return;
  const target = members.get(data.target_peer_id);
  if (!target) {
    fail(socket, 'Unknown target peer');
    return;
  }
  target.socket.emit(event, { from_peer_id: data.from_peer_id, [field]: data[field] });
}

function relayToOthers(socket, event, data, makePayload) {
  if (roomOf(socket, data)) socket.to(data.room_id).emit(event, makePayload(data));
}

io.on('connection', (socket) => {
  socket.emit('connected', { sid: socket.id });
  socket.on('join_room', (data) => join(socket, data));
  socket.on('leave_room', (data) => {
    if (roomOf(socket, data)) leave(socket);
  });
  socket.on('webrtc_offer', (data) => relayToTarget(socket, 'webrtc_offer', 'offer', data));
  socket.on('webrtc_answer', (data) => relayToTarget(socket, 'webrtc_answer', 'answer', data));
  socket.on('ice_candidate', (data) =>
    relayToOthers(socket, 'ice_candidate', data, (d) => ({
      from_peer_id: d.from_peer_id,
      candidate: d.candidate,
    })));
  socket.on('toggle_audio', (data) =>
    relayToOthers(socket, 'audio_toggled', data, (d) => ({ peer_id: socket.id, enabled: d.enabled })));
  socket.on('toggle_video', (data) =>
    relayToOthers(socket, 'video_toggled', data, (d) => ({ peer_id: socket.id, enabled: d.enabled })));
  socket.on('screen_share', (data) =>
    relayToOthers(socket, 'screen_share_toggled', data, (d) => ({ peer_id: socket.id, enabled: d.enabled })));
  socket.on('send_message', (data) => {
    if (!roomOf(socket, data)) return;
    io.to(data.room_id).emit('chat_message', {
      room_id: data.room_id,
      peer_id: socket.id,
      user_id: socket.data.userId,
      message: data.message,
      timestamp: new Date().toISOString(),
    });
  });
  socket.on('disconnect', () => leave(socket));
});

function listening() {
  console.log(`signaling peer (node ${process.version}, ${transport}) on ${host}:${port}, pid ${process.pid}`);
}

if (transport === 'uws') {
  // uWebSockets.js instead of ws and of Node's own HTTP server.
  const { App } = require('@trufflesuite/uws-js-unofficial');
  const app = App();
  io.attachApp(app);
  app.listen(host, port, (token) => {
    if (!token) throw new Error(`cannot listen on ${host}:${port}`);
    listening();
  });
} else {
  const server = http.createServer();
  io.attach(server);
  // It is not needed after the handshake; Socket.IO's guide on memory drops it, too.
  io.engine.on('connection', (raw) => {
    raw.request = null;
  });
  server.listen({ port, host, backlog: 4096 }, listening);
}

process.on('SIGTERM', () => process.exit(0));
