// A line between a client and a server that a test can cut, slow down and stall.
import { connect, createServer } from 'node:net';

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export class Line {
    #links = new Set();
    #whole = true;
    #delay = 0;
    #held;
    #letGo;
    #trap;

    /// To `server`, which has a `port`, or a `path` when it listens on a unix socket. `path`: where to listen, instead of a free port.
    static async start(server, { path } = {}) {
        const line = new Line();
        line.listener = createServer((near) => line.#join(near, server.path ? { path: server.path } : { port: server.port, host: '127.0.0.1' }));
        await new Promise((done) => line.listener.listen(path ? { path } : { port: 0, host: '127.0.0.1' }, done));
        line.port = line.listener.address().port;
        return line;
    }

    #join(near, target) {
        if (!this.#whole) return near.destroy();
        const far = connect(target);
        const link = { near, far, unseen: false, doomed: false };
        this.#links.add(link);
        for (const socket of [near, far]) socket.on('error', () => {});
        near.on('close', () => { if (!link.unseen) far.destroy(); });
        far.on('close', () => {
            near.destroy();
            this.#links.delete(link);
        });
        this.#carry(link, near, far, (bytes) => this.#springs(link, bytes));
        this.#carry(link, far, near, () => link.doomed);
    }

    /// Hands on what comes from one end to the other, no faster than that takes it. `ends`: whether these bytes are the last.
    async #carry(link, from, to, ends) {
        try {
            for await (const bytes of from) {
                if (this.#delay) await pause(this.#delay);
                await this.#held;
                if (ends(bytes)) return this.#end(link);
                if (to.destroyed || to.write(bytes)) continue;
                await new Promise((done) => to.once('drain', done).once('close', done));
            }
            to.end();
        } catch {
            // Whoever ended the connection has told the other end, or meant not to.
        }
    }

    #springs(link, bytes) {
        const trap = this.#trap;
        if (!trap || !bytes.includes(trap.text)) return false;
        this.#trap = undefined;
        link.doomed = true;
        trap.sprung();
        return !trap.heard;
    }

    #end({ near, far }) {
        near.destroy();
        far.destroy();
    }

    /// Ends every connection; new ones get through.
    drop() { for (const link of this.#links) this.#end(link); }

    /// Ends every connection, and refuses new ones until `mend`.
    cut() {
        this.#whole = false;
        this.drop();
    }

    /// The same as the client sees it; the server hears nothing, neither a word nor an end, as when a device changes its network.
    cutUnseen() {
        this.#whole = false;
        for (const link of this.#links) {
            link.unseen = true;
            link.near.destroy();
        }
    }

    mend() { this.#whole = true; }

    /// From now on nothing gets through, though no connection ends, until `flow`.
    stall() { this.#held ??= new Promise((done) => { this.#letGo = done; }); }
    flow() {
        this.#letGo?.();
        this.#held = this.#letGo = undefined;
    }

    /// Each piece of data takes so many milliseconds longer, either way.
    slow(ms) { this.#delay = ms; }

    /// The connection on which the client next says `text` ends there: before the server hears it, or, with `heard`, when
    /// it answers, and nobody hears the answer. Resolves when `text` came.
    cutAt(text, { heard = false } = {}) {
        return new Promise((sprung) => { this.#trap = { text, heard, sprung }; });
    }
    forgetTrap() { this.#trap = undefined; }

    async stop() {
        this.flow();
        this.cut();
        for (const link of this.#links) this.#end(link);
        await new Promise((done) => this.listener.close(done));
    }
}
