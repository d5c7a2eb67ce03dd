// The visit as the server knows it: joining by REST, signaling by Socket.IO, and one `Peer` for each other person.
// Emits: status, joined, person, gone, chat, over, refused (see app.js for what they carry).
import { Peer } from './peer.js';

const kAckDeadline = 10_000;

/// A refusal of the REST API, as the problem document says it.
export class Refused extends Error {
    constructor(problem) {
        super(problem.code ?? String(problem.status));
        this.problem = problem;
    }
}

export class Visit extends EventTarget {
    people = new Map();
    #socket;
    #seat;
    #entered = false;

    constructor(sessionId, token, stream) {
        super();
        this.sessionId = sessionId;
        this.token = token;
        this.stream = stream;
    }

    get me() { return this.#seat?.attendee; }

    async #post(action, body = {}) {
        let answer;
        try {
            answer = await fetch(`/api/video/sessions/${encodeURIComponent(this.sessionId)}/${action}`, {
                method: 'POST',
                headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${this.token}` },
                body: JSON.stringify(body),
                keepalive: action === 'leave',
            });
        } catch {
            throw new Refused({ status: 0 });
        }
        const document = await answer.json().catch(() => ({}));
        if (!answer.ok) throw new Refused({ ...document, status: answer.status });
        return document;
    }

    /// Joins and connects. Throws `Refused`.
    async start() {
        this.#seat = await this.#post('join', { device_type: 'web', browser_info: navigator.userAgent.slice(0, 255) });
        const socket = window.io({ transports: ['websocket', 'polling'] });
        this.#socket = socket;
        socket.on('connect', () => this.#enter());
        socket.on('disconnect', (reason) => this.#dropped(reason));
        socket.on('connect_error', () => this.#tell('status', { text: 'Connecting again…' }));
        const events = {
            joined_room: (data) => this.#seated(data.participants),
            user_joined: (data) => this.#arrived(data, true),
            user_left: (data) => this.#departed(data),
            user_interrupted: (data) => this.#note(data, { interrupted: true }),
            user_resumed: (data) => this.#note(data, { interrupted: false }),
            audio_toggled: (data) => this.#note(data, { audio: data.enabled }),
            video_toggled: (data) => this.#note(data, { video: data.enabled }),
            webrtc_offer: (data) => this.#from(data.from_peer_id)?.receive('offer', data.offer),
            webrtc_answer: (data) => this.people.get(data.from_peer_id)?.peer?.receive('answer', data.answer),
            ice_candidate: (data) => this.people.get(data.from_peer_id)?.peer?.receive('candidate', data.candidate),
            chat_message: (data) => this.#tell('chat', { ...data, mine: data.user_id === this.me.user_id, role: this.#roleOf(data.user_id) }),
            room_state: (data) => this.#reconcile(data.participants),
            ice_servers: (data) => this.#renew(data.ice_servers),
            session_ended: () => this.#finish('ended'),
            session_expiring: (data) => this.#tell('status', { text: `The visit ends in ${Math.ceil(data.seconds_left / 60)} min.` }),
            error: (data) => { this.lastError = data?.code; },
        };
        for (const [name, handle] of Object.entries(events)) socket.on(name, handle);
    }

    async #enter() {
        try {
            let answer = await this.#ask('join_room', this.#entry());
            if (!answer.ok && this.#entered) {
                // The stay has ended while the connection was away: a fresh token begins a new one.
                this.#seat = await this.#post('join', { device_type: 'web' });
                answer = await this.#ask('join_room', this.#entry());
            }
            if (!answer.ok) this.#finish('refused', answer);
        } catch (fault) {
            // Without an answer the line is down again: the next connect settles it.
            if (fault instanceof Refused) this.#finish('refused', fault.problem);
        }
    }

    #entry() {
        return { room_id: this.#seat.room_id, user_id: this.me.user_id, role: this.me.role, token: this.me.access_token };
    }

    #seated(participants = []) {
        const back = this.#entered;
        this.#entered = true;
        this.#tell('joined');
        if (back) this.#reconcile(participants);
        else for (const person of participants) if (!this.people.has(person.peer_id)) this.#arrived(person, false);
        for (const kind of ['audio', 'video']) {
            const on = this.stream.getTracks().some((track) => track.kind === kind && track.enabled);
            if (!on) this.toggle(kind, false);
        }
    }

    #ask(event, data) { return this.#socket.timeout(kAckDeadline).emitWithAck(event, data); }

    #emit(event, data = {}) {
        if (this.#socket?.connected) this.#socket.emit(event, { room_id: this.#seat.room_id, ...data });
    }

    #dropped(reason) {
        if (reason === 'io client disconnect') return;
        if (reason === 'io server disconnect') this.#finish(this.lastError === 'replaced' ? 'replaced' : 'putOut');
        else this.#tell('status', { text: 'The connection was lost. Connecting again…' });
    }

    /// Who was there already offers to whoever comes; the newcomer waits for that offer.
    #arrived(person, offer) {
        if (person.peer_id === this.me.peer_id) return;
        this.people.get(person.peer_id)?.peer?.close();
        const entry = { ...person, audio: person.audio ?? true, video: person.video ?? true, interrupted: person.state === 'interrupted' };
        this.people.set(person.peer_id, entry);
        entry.peer = this.#connect(entry);
        if (offer) entry.peer.offer();
        this.#tell('person', entry);
    }

    #connect(entry) {
        const names = { offer: 'webrtc_offer', answer: 'webrtc_answer', candidate: 'ice_candidate' };
        return new Peer({
            iceServers: this.#seat.ice_servers ?? [],
            stream: this.stream,
            polite: this.me.peer_id < entry.peer_id,
            send: (kind, content) => this.#emit(names[kind],
                { from_peer_id: this.me.peer_id, target_peer_id: entry.peer_id, [kind]: content }),
            changed: () => this.#tell('person', entry),
        });
    }

    /// The peer of whom an offer came; one that nobody announced is seated now.
    #from(peerId) {
        if (!this.people.has(peerId)) this.#arrived({ peer_id: peerId, role: 'GUEST' }, false);
        return this.people.get(peerId)?.peer;
    }

    #departed({ user_id: userId, peer_id: peerId }) {
        const entry = this.people.get(peerId) ?? [...this.people.values()].find((one) => one.user_id === userId);
        if (!entry) return;
        entry.peer.close();
        this.people.delete(entry.peer_id);
        this.#tell('gone', entry);
    }

    #note({ user_id: userId }, change) {
        const entry = [...this.people.values()].find((one) => one.user_id === userId);
        if (entry) this.#tell('person', Object.assign(entry, change));
    }

    /// After an absence: lets go of whoever left, and offers to whoever came meanwhile.
    #reconcile(participants) {
        const present = new Set(participants.map((person) => person.peer_id));
        for (const entry of [...this.people.values()]) if (!present.has(entry.peer_id)) this.#departed(entry);
        for (const person of participants) {
            if (!this.people.has(person.peer_id)) this.#arrived(person, true);
            else this.#note(person, { audio: person.audio, video: person.video, interrupted: person.state === 'interrupted' });
        }
    }

    #renew(iceServers) {
        this.#seat.ice_servers = iceServers;
        for (const { peer } of this.people.values()) peer.renewIceServers(iceServers);
    }

    #roleOf(userId) { return [...this.people.values()].find((one) => one.user_id === userId)?.role; }

    toggle(kind, enabled) {
        this.#emit(`toggle_${kind}`, { user_id: this.me.user_id, enabled });
    }

    /// Resolves to the acknowledgement, or throws when none came.
    say(message) {
        return this.#ask('send_message', {
            room_id: this.#seat.room_id, user_id: this.me.user_id, message, timestamp: new Date().toISOString(),
        });
    }

    leave() {
        this.#emit('leave_room', { user_id: this.me.user_id });
        this.#post('leave').catch(() => {});
        this.#finish('left');
    }

    #finish(why, problem) {
        if (this.finished) return;
        this.finished = true;
        this.#socket.disconnect();
        for (const { peer } of this.people.values()) peer.close();
        this.people.clear();
        this.#tell('over', { why, problem });
    }

    #tell(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail })); }
}
