// One person in a room, over Socket.IO spoken by hand: it remembers what it received.
import { WebSocketClient } from './websocket.mjs';
import { within } from './within.mjs';

export class Peer {
    #socket;
    #waiting = new Set();
    #acknowledged = new Map();
    #lastId = 0;
    #read = new Map();
    received = [];
    closed = false;

    static async connect(daemon, seat) {
        const peer = new Peer();
        peer.seat = seat;
        peer.#socket = await WebSocketClient.open(`${daemon.url}/socket.io/?EIO=4&transport=websocket`, {
            text: (text, socket) => peer.#take(text, socket),
            close: (code) => {
                peer.closed = true;
                peer.#record('(close)', code);
            },
        });
        await peer.next('connected');
        return peer;
    }

    /// Connects and enters the room that the join opened.
    static async enter(daemon, seat) {
        const peer = await Peer.connect(daemon, seat);
        peer.joined = await peer.enter();
        return peer;
    }

    #take(text, socket) {
        if (text === '2') return socket.send('3');
        if (text.startsWith('0')) return socket.send('40');
        if (text.startsWith('41')) return this.#record('(disconnect)');
        const event = /^42(?:\/[^,]*,)?(\[.*)$/s.exec(text);
        if (event) {
            const [name, data] = JSON.parse(event[1]);
            return this.#record(name, data);
        }
        const answer = /^43(?:\/[^,]*,)?(\d+)(\[.*)$/s.exec(text);
        if (answer) this.#acknowledged.get(Number(answer[1]))?.(JSON.parse(answer[2])[0]);
    }

    #record(event, data) {
        this.received.push({ event, data });
        for (const look of [...this.#waiting]) look();
    }

    /// The next `event` that was not asked for yet; waits for it when it is still to come, but not on a connection that ended.
    next(event, fits = () => true) {
        return within(new Promise((done, fail) => {
            const look = () => {
                const from = this.#read.get(event) ?? 0;
                const at = this.received.findIndex((entry, index) => index >= from && entry.event === event && fits(entry.data));
                if (at < 0 && !this.closed) return;
                this.#waiting.delete(look);
                if (at < 0) return fail(new Error(`the connection ended before "${event}"`));
                this.#read.set(event, at + 1);
                done(this.received[at].data);
            };
            this.#waiting.add(look);
            look();
        }), () => `"${event}"; received: ${JSON.stringify(this.received.map((entry) => entry.event))}`);
    }

    get names() { return this.received.map((entry) => entry.event); }

    /// Many events, each a name and its data, in one piece.
    emitAtOnce(events) { this.#socket.atOnce(() => events.forEach(([event, data]) => this.emit(event, data))); }
    stopReading() { this.#socket.stopReading(); }
    emit(event, data) { this.#socket.send(`42${JSON.stringify([event, data])}`); }

    /// Emits, and resolves with the acknowledgement.
    ask(event, data) {
        const id = ++this.#lastId;
        return within(new Promise((done, fail) => {
            if (this.closed) return fail(new Error(`the connection ended before "${event}"`));
            const look = () => this.closed && fail(new Error(`the connection ended before "${event}" was answered`));
            this.#waiting.add(look);
            this.#acknowledged.set(id, (answer) => {
                this.#waiting.delete(look);
                done(answer);
            });
            this.#socket.send(`42${id}${JSON.stringify([event, data])}`);
        }), () => `the acknowledgement of "${event}"; received: ${JSON.stringify(this.received.map((entry) => entry.event))}`);
    }

    get roomId() { return this.seat.room_id; }
    get userId() { return this.seat.attendee.user_id; }

    entry() {
        const { user_id, role, access_token } = this.seat.attendee;
        return { room_id: this.roomId, user_id, role, token: access_token };
    }
    enter() {
        this.emit('join_room', this.entry());
        return this.next('joined_room');
    }

    /// A chat message from here has reached `other`.
    async reaches(other, message) {
        this.emit('send_message', { room_id: this.roomId, user_id: this.userId, message, timestamp: new Date().toISOString() });
        await other.next('chat_message', (data) => data.message === message);
    }

    /// Ends the connection without a word.
    destroy() { this.#socket.destroy(); }
}
