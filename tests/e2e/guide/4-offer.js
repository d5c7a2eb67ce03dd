const offer = await peerConnection.createOffer();
await peerConnection.setLocalDescription(offer);

socket.emit("webrtc_offer", {
  room_id: room_id,
  from_peer_id: attendee.peer_id,
  target_peer_id: "patient_peer_id",
  offer: offer,
});
