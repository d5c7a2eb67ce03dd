socket.on("webrtc_answer", async (data) => {
  await peerConnection.setRemoteDescription(data.answer);
});
