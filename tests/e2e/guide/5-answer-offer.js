socket.on("webrtc_offer", async (data) => {
  await peerConnection.setRemoteDescription(data.offer);
  const answer = await peerConnection.createAnswer();
  await peerConnection.setLocalDescription(answer);

  socket.emit("webrtc_answer", {
    room_id: room_id,
    from_peer_id: attendee.peer_id,
    target_peer_id: data.from_peer_id,
    answer: answer,
  });
});
