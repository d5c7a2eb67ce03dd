// Toggle audio
socket.emit("toggle_audio", {
  room_id: room_id,
  user_id: attendee.user_id,
  enabled: false,
});

// Toggle video
socket.emit("toggle_video", {
  room_id: room_id,
  user_id: attendee.user_id,
  enabled: false,
});

// Send chat message
socket.emit("send_message", {
  room_id: room_id,
  user_id: attendee.user_id,
  message: "Hello!",
  timestamp: new Date().toISOString(),
});
