// Engine.IO over WebSocket, spoken by hand.
import { WebSocketClient } from '../../integration/lib/websocket.mjs';
import { within } from '../../integration/lib/within.mjs';

export class Frames {
    #client;
    #arrived = [];
    #waiting = [];
    #closed;
    #close;

    /// Opens a WebSocket; with `sid` one that probes for that session. Pings are answered and not told of, unless they are
    /// wanted.
    static async open(server, { sid = '', query = '', pings = false } = {}) {
        const frames = new Frames();
        frames.#closed = new Promise((done) => { frames.#close = done; });
        const url = `${server.url.replace(/^http/, 'ws')}${server.path}?EIO=4&transport=websocket${sid && `&sid=${sid}`}${query}`;
        frames.#client = await WebSocketClient.open(url, {
            text: (text, client) => (text === '2' && !pings ? client.send('3') : frames.#take(text)),
            binary: (bytes) => frames.#take(bytes),
            close: (code) => frames.#close(code),
        });
        return frames;
    }

    /// The same, with the packet that opens the session read.
    static async opened(server, options) {
        const frames = await Frames.open(server, options);
        frames.handshake = await frames.next();
        return frames;
    }

    #take(frame) {
        const waiting = this.#waiting.shift();
        if (waiting) waiting(frame);
        else this.#arrived.push(frame);
    }

    /// Texts as strings, everything else as binary.
    send(...frames) {
        for (const frame of frames) {
            if (typeof frame === 'string') this.#client.send(frame);
            else this.#client.sendBinary(Buffer.from(frame));
        }
    }

    /// The next frame, a string or a Buffer; an error when the connection closes instead.
    next() {
        if (this.#arrived.length > 0) return Promise.resolve(this.#arrived.shift());
        return within(new Promise((done, fail) => {
            this.#waiting.push(done);
            this.#closed.then((code) => fail(new Error(`closed with ${code} instead of a frame`)));
        }), 'a frame');
    }
    async take(count) {
        const frames = [];
        while (frames.length < count) frames.push(await this.next());
        return frames;
    }

    /// The code of its close.
    closed() { return within(this.#closed, 'the close'); }
    destroy() { this.#client.destroy(); }
}
