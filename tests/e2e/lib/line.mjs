// A line between a browser and the server that a test can cut.
import { connect, createServer } from 'node:net';

export class Line {
    #sockets = new Set();
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
        for (const [socket, other] of [[near, far], [far, near]]) {
            this.#sockets.add(socket);
            socket.on('error', () => {});
            socket.on('close', () => {
                this.#sockets.delete(socket);
                other.destroy();
            });
            socket.pipe(other);
        }
    }

    /// Ends every connection, and refuses new ones until `mend`.
    cut() {
        this.#whole = false;
        for (const socket of this.#sockets) socket.destroy();
    }
    mend() { this.#whole = true; }

    async stop() {
        this.cut();
        await new Promise((done) => this.listener.close(done));
    }
}
