socket.on("ice_candidate", async (data) => {
  await peerConnection.addIceCandidate(data.candidate);
});
