// A script for the pages of the tests: what can be told of a call without touching it. `peer` is the other's peer_id where a page has
// several connections.

export const watchScript = `
window.connectionTo = (peer) => (peer ? guide.connections.get(peer) : guide.peerConnection);

/// What a peer connection has received so far: of the picture its stream, the frames decoded and the seconds they span; of the
/// sound the packets.
window.media = async (peer) => {
    const entries = [...(await connectionTo(peer)?.getStats() ?? new Map()).values()].filter((entry) => entry.type === 'inbound-rtp');
    const video = entries.find((entry) => entry.kind === 'video');
    const audio = entries.find((entry) => entry.kind === 'audio');
    return {
        ssrc: video?.ssrc, frames: video?.framesDecoded ?? 0, seconds: video?.totalInterFrameDelay ?? 0,
        packets: audio?.packetsReceived ?? 0, at: performance.now(), state: connectionTo(peer)?.connectionState,
    };
};

/// Writes down every change of a peer connection from now on.
const watched = new Map();
window.watch = (peer) => {
    const connection = connectionTo(peer);
    const story = [];
    for (const type of ['negotiationneeded', 'signalingstatechange', 'iceconnectionstatechange', 'connectionstatechange', 'track']) {
        connection.addEventListener(type, () => story.push(
            [type, connection.signalingState, connection.iceConnectionState, connection.connectionState].join(' ')));
    }
    const origins = () => [connection.localDescription.sdp, connection.remoteDescription.sdp].map((sdp) => /^o=.*/m.exec(sdp)[0]);
    watched.set(peer, { connection, story, origins, before: origins() });
};
window.changes = (peer) => {
    const { connection, story, origins, before } = watched.get(peer);
    return {
        replaced: connection !== connectionTo(peer), negotiated: before.join() !== origins().join(), story,
        state: connection.connectionState,
    };
};
`;

/// The same for a page that keeps its peer connection to itself.
export const intrudingScript = `
window.guide = { received: [], made: 0 };
window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...args) {
        super(...args);
        guide.peerConnection = this;
        ++guide.made;
    }
};
${watchScript}`;
