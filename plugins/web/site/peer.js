// One other person's media: a peer connection that both sides may renegotiate at any time ("perfect negotiation").

export class Peer {
    #connection;
    #makingOffer = false;
    #ignoringOffer = false;
    #renewed = false;
    #queue = Promise.resolve();

    /// `polite` must differ on the two sides: the polite one gives way when both offer at once. `send` takes `offer`, `answer`
    /// or `candidate` and what belongs to it; `changed` is told of every new connection state.
    constructor({ iceServers, stream, polite, send, changed }) {
        Object.assign(this, { iceServers, stream, polite, send, changed });
        this.remote = new MediaStream();
        this.#build();
    }

    #build() {
        this.#connection?.close();
        const connection = new RTCPeerConnection({ iceServers: this.iceServers });
        this.#connection = connection;
        this.#makingOffer = this.#ignoringOffer = false;
        connection.onicecandidate = ({ candidate }) => { if (candidate) this.send('candidate', candidate); };
        connection.ontrack = ({ track }) => {
            for (const old of this.remote.getTracks()) if (old.kind === track.kind) this.remote.removeTrack(old);
            this.remote.addTrack(track);
        };
        connection.onconnectionstatechange = () => {
            this.#recover();
            this.changed(connection.connectionState);
        };
    }

    get state() { return this.#connection.connectionState; }

    /// Begins the call from this side; every later change of the tracks negotiates by itself.
    offer() {
        this.#negotiateByItself();
        this.#addTracks();
    }

    #addTracks() {
        for (const kind of ['audio', 'video']) {
            const track = this.stream.getTracks().find((one) => one.kind === kind);
            const transceiver = this.#connection.getTransceivers().find((one) => one.receiver.track.kind === kind);
            if (!transceiver && track) {
                this.#connection.addTrack(track, this.stream);
            } else if (!transceiver) {
                this.#connection.addTransceiver(kind, { direction: 'recvonly' });
            } else if (track && transceiver.sender.track !== track) {
                transceiver.direction = 'sendrecv';
                transceiver.sender.replaceTrack(track);
                transceiver.sender.setStreams?.(this.stream);
            }
        }
    }

    #negotiateByItself() {
        const connection = this.#connection;
        connection.onnegotiationneeded = async () => {
            try {
                this.#makingOffer = true;
                await connection.setLocalDescription();
                this.send('offer', connection.localDescription);
            } catch (fault) {
                if (connection.signalingState !== 'closed') console.warn('offer failed', fault.name);
            } finally {
                this.#makingOffer = false;
            }
        };
    }

    /// Takes what the other side sent; one after the other, in the order of the calls.
    receive(kind, content) {
        this.#queue = this.#queue.then(() => this.#take(kind, content)).catch((fault) => {
            if (this.state !== 'closed') console.warn(`${kind} not applied`, fault.name);
        });
    }

    async #take(kind, content) {
        if (kind === 'candidate') {
            try {
                await this.#connection.addIceCandidate(content);
            } catch (fault) {
                if (!this.#ignoringOffer) throw fault;
            }
            return;
        }
        if (kind === 'offer' && this.#isOfAnother(content)) this.#build();
        const colliding = kind === 'offer' && (this.#makingOffer || this.#connection.signalingState !== 'stable');
        this.#ignoringOffer = !this.polite && colliding;
        if (this.#ignoringOffer) return;
        await this.#connection.setRemoteDescription(content);
        if (kind !== 'offer') return;
        // The tracks join the transceivers that the offer made, so that one exchange carries both directions.
        this.#addTracks();
        await this.#connection.setLocalDescription();
        this.send('answer', this.#connection.localDescription);
        this.#negotiateByItself();
    }

    /// Whether the other side began a connection anew: that needs a new one here too. The number in the line "o=" stays the same
    /// as long as a connection lives (RFC 8829, section 5.2.1).
    #isOfAnother(description) {
        const number = (sdp) => /^o=\S+ (\d+)/m.exec(sdp ?? '')?.[1];
        const known = number(this.#connection.remoteDescription?.sdp);
        return known !== undefined && known !== number(description?.sdp);
    }

    renewIceServers(iceServers) {
        this.iceServers = iceServers;
        this.#connection.setConfiguration({ iceServers });
        this.#renewed = true;
        this.#recover();
    }

    /// With other servers there is no need to wait until the browser has given up on those it used.
    #recover() {
        const waits = this.state === 'disconnected' && !this.#renewed;
        if (!['disconnected', 'failed'].includes(this.state) || waits) return;
        this.#renewed = false;
        this.#connection.restartIce();
    }

    close() {
        this.#connection.onconnectionstatechange = this.#connection.onicecandidate = null;
        this.#connection.close();
    }
}
