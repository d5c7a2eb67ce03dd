// A line between a browser and the server that a test can cut.
import { connect, createServer } from 'node:net';

export class Line {
    #sockets = new Set();
    #far = new WeakMap();
    #silent = new WeakSet();
    #whole = true;

    static async start(server) {
        const line = new Line();
        line.listener = createServer((near) => line.#join(near, server.port));
        await new Promise((done) => line.listener.listen(0, '127.0.0.1', done));
        line.port = line.listener.address().port;
        return line;
    }

    #join(near, port) {
        if (!this.#whole) return near.destroy();
        const far = connect(port, '127.0.0.1');
        for (const socket of [near, far]) {
            this.#sockets.add(socket);
            socket.on('error', () => {});
            socket.on('close', () => this.#sockets.delete(socket));
        }
        near.on('close', () => { if (!this.#silent.has(far)) far.destroy(); });
        far.on('close', () => near.destroy());
        near.pipe(far);
        far.pipe(near);
        this.#far.set(near, far);
    }

    /// Ends every connection, and refuses new ones until `mend`.
    cut() {
        this.#whole = false;
        for (const socket of this.#sockets) socket.destroy();
    }

    /// The same as the browser sees it; the server hears nothing, neither a word nor an end, as when a device changes its network.
    cutUnseen() {
        this.#whole = false;
        for (const socket of this.#sockets) {
            const far = this.#far.get(socket);
            if (!far) continue;
            this.#silent.add(far);
            socket.unpipe(far);
            far.unpipe(socket);
            far.resume();
            socket.destroy();
        }
    }

    mend() { this.#whole = true; }

    async stop() {
        this.cut();
        await new Promise((done) => this.listener.close(done));
    }
}
