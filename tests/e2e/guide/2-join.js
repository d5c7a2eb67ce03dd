// Get room details from API
const response = await fetch(`/api/video/sessions/${sessionId}/join`, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({
    device_type: "web",
    browser_info: navigator.userAgent,
  }),
});

const { room_id, attendee, signaling_server_url } = await response.json();

// Join Socket.IO room
socket.emit("join_room", {
  room_id: room_id,
  user_id: attendee.user_id,
  role: attendee.role,
  token: attendee.access_token,
});

socket.on("joined_room", (data) => {
  console.log("Joined room:", data);
  initializeWebRTC();
});
