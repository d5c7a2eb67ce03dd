// Calls that go through TURN: pages whose peer connections may use nothing else.
import { until } from './browser.mjs';
import { intrudingScript } from './watch.mjs';

/// For a page that keeps its peer connection to itself: what can be told of the pair of candidates that it uses.
export const pairScript = `
${intrudingScript}
/// The two ends of the pair that is used now.
window.pair = async () => {
    const stats = await guide.peerConnection.getStats();
    const transport = [...stats.values()].find((one) => one.type === 'transport');
    const used = stats.get(transport?.selectedCandidatePairId);
    const [local, remote] = [stats.get(used?.localCandidateId), stats.get(used?.remoteCandidateId)];
    return local && remote && { local: local.candidateType, remote: remote.candidateType, over: local.relayProtocol, url: local.url };
};
window.fragment = () => /a=ice-ufrag:(\\S+)/.exec(guide.peerConnection.currentLocalDescription?.sdp)?.[1];
`;

/// The same, and it may use relays alone. `guide.first` are the ICE servers it began with, `guide.lists` how many it was given later.
export const relayScript = `
${pairScript}
window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(settings, ...more) {
        super({ ...settings, iceTransportPolicy: 'relay' }, ...more);
        guide.first ??= settings.iceServers;
        guide.lists = 0;
        guide.refused = [];
        this.addEventListener('icecandidateerror', ({ errorCode }) => guide.refused.push(errorCode));
    }
    setConfiguration(settings) {
        super.setConfiguration({ ...settings, iceTransportPolicy: 'relay' });
        ++guide.lists;
    }
};
`;

export const pair = (page) => until(page, () => window.pair());

/// Begins ICE anew on this page, as a change of the network would. Resolves to the mark of the old one.
export const restartIce = (page) => page.evaluate(() => {
    const old = window.fragment();
    guide.refused = [];
    guide.peerConnection.restartIce();
    return old;
});

/// Resolves when the page's call goes over a connection made after `old`.
export const goesOn = (page, old) => until(page, async (before) => window.fragment() !== before
    && guide.peerConnection.iceConnectionState === 'connected' && guide.peerConnection.iceGatheringState === 'complete'
    && (await window.pair())?.local === 'relay', old);
