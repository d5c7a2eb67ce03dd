// Engine.IO spoken by hand, for packets that no official client would send.
import WebSocket from 'ws';

import { within } from './clients.mjs';

export class RawSocket {
    frames = [];
    #waiting = new Set();

    /// Connects to the namespace `/` over a bare WebSocket.
    static async connect(server, { headers, namespace = '', query = '' } = {}) {
        const raw = new RawSocket(server, headers, query);
        await raw.next((frame) => frame.startsWith('0{'));
        raw.send(`40${namespace}`);
        const connected = await raw.next((frame) => frame.startsWith('40'));
        raw.connected = JSON.parse(connected.slice(connected.indexOf('{')));
        await raw.next((frame) => frame.includes('"connected"'));
        return raw;
    }

    constructor(server, headers, query = '') {
        const url = `${server.url.replace(/^http/, 'ws')}/socket.io/?EIO=4&transport=websocket${query}`;
        this.socket = new WebSocket(url, { headers, perMessageDeflate: false });
        this.socket.on('message', (data, binary) => {
            const frame = binary ? data : data.toString();
            if (frame === '2') return this.send('3');
            this.frames.push(frame);
            for (const look of [...this.#waiting]) look();
        });
        this.socket.on('error', () => {});
        this.closed = new Promise((done) => this.socket.once('close', (code) => done(code)));
    }

    send(frame) { this.socket.send(frame); }
    /// Puts bytes on the wire that no WebSocket library would send.
    sendBytes(bytes) { this.socket._socket.write(Buffer.from(bytes)); }

    /// Whether the connection ends.
    close() {
        this.socket.close();
        return this.ended();
    }
    ended() { return within(this.closed, () => `the close; received: ${JSON.stringify(this.frames.slice(-3))}`); }

    /// The first frame, taken away, that fits.
    next(fits) {
        return within(new Promise((done, fail) => {
            const look = () => {
                const at = this.frames.findIndex((frame) => typeof frame === 'string' && fits(frame));
                if (at < 0) return;
                this.#waiting.delete(look);
                done(this.frames.splice(at, 1)[0]);
            };
            this.#waiting.add(look);
            look();
            this.closed.then((code) => fail(new Error(`closed with ${code}`)));
        }), () => `a frame; received: ${JSON.stringify(this.frames)}`);
    }

    /// Enters the room by hand.
    async enter(seat) {
        const { user_id, role, access_token } = seat.attendee;
        this.send(`42${JSON.stringify(['join_room', { room_id: seat.room_id, user_id, role, token: access_token }])}`);
        return JSON.parse((await this.next((frame) => frame.startsWith('42["joined_room"'))).slice(2))[1];
    }
}
