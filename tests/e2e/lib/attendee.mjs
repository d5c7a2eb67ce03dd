// One person of a consultation, whichever client they have: what they received, and what they may say.
const kPatience = 10_000;

/// A failure after a while, for something that an event was expected to settle.
export function within(promise, what, patience = kPatience) {
    let timer;
    const late = new Promise((_, fail) => {
        timer = setTimeout(() => fail(new Error(`waited in vain for ${what()}`)), patience);
    });
    return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/// A client adds `emit`, `answers` (emits, and resolves with the arguments of the acknowledgement) and `close`, and hands what arrives to `record`.
export class Attendee {
    received = [];
    #waiting = new Set();
    #read = new Map();

    /// Connects; `seat` is the answer of the REST join.
    static async connect(server, seat, options = {}) {
        const peer = new this(server, seat, options);
        await peer.next('connected');
        return peer;
    }

    /// Connects and enters the room.
    static async enter(server, seat, options = {}) {
        const peer = await this.connect(server, seat, options);
        peer.enter();
        peer.joined = await peer.next('joined_room');
        return peer;
    }

    constructor(seat) { this.seat = seat; }

    record(event, args) {
        this.received.push({ event, data: args[0], args });
        for (const look of [...this.#waiting]) look();
    }

    /// Every `event` received so far.
    all(event) { return this.received.filter((entry) => entry.event === event).map((entry) => entry.data); }

    /// The next `event` that was not yet asked for (and fits `fits`); waits for it when it is still to come.
    next(event, fits = () => true) {
        return within(new Promise((done) => {
            const look = () => {
                const from = this.#read.get(event) ?? 0;
                const at = this.received.findIndex((entry, index) => index >= from && entry.event === event && fits(entry.data));
                if (at < 0) return false;
                this.#read.set(event, at + 1);
                this.#waiting.delete(look);
                done(this.received[at].data);
                return true;
            };
            if (!look()) this.#waiting.add(look);
        }), () => `"${event}"; received: ${JSON.stringify(this.received.map((entry) => entry.event))}`);
    }

    /// Asks nothing to be awaited that came before now.
    skip(event) { this.#read.set(event, this.received.length); }

    /// Emits, and resolves with the first argument of the acknowledgement.
    async ask(event, ...args) { return (await this.answers(event, ...args))[0]; }

    get roomId() { return this.seat.room_id; }
    get userId() { return this.seat.attendee.user_id; }
    get peerId() { return this.seat.attendee.peer_id; }
    get role() { return this.seat.attendee.role; }

    /// What the seed's guide sends to enter the room.
    entry() {
        return { room_id: this.roomId, user_id: this.userId, role: this.role, token: this.seat.attendee.access_token };
    }
    enter() { this.emit('join_room', this.entry()); }

    /// Resolves when the server has handled everything sent on this socket so far, and it has come back to it.
    async settled() {
        const answer = await this.ask('toggle_audio', { room_id: this.roomId, user_id: this.userId, enabled: true });
        if (!answer?.ok) throw new Error(`not settled: ${JSON.stringify(answer)}`);
    }
}
