// What a service manager hears: datagrams on a unix socket.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { within } from './within.mjs';

const script = join(dirname(fileURLToPath(import.meta.url)), 'notify-listener.py');

export class NotifyListener {
    #child;
    #waiting = new Set();
    lines = [];

    static async start(path) {
        const listener = new NotifyListener();
        listener.#child = spawn('python3', [script, path], { stdio: ['ignore', 'pipe', 'inherit'] });
        let text = '';
        listener.#child.stdout.setEncoding('utf8').on('data', (part) => {
            text += part;
            const all = text.split('\n');
            text = all.pop();
            listener.lines.push(...all);
            for (const look of [...listener.#waiting]) look();
        });
        await listener.heard((line) => line === 'listening');
        return listener;
    }

    /// The first line that fits; waits for it.
    heard(fits) {
        return within(new Promise((done) => {
            const look = () => {
                const found = this.lines.find(fits);
                if (found === undefined) return;
                this.#waiting.delete(look);
                done(found);
            };
            this.#waiting.add(look);
            look();
        }), () => `a notification; heard: ${JSON.stringify(this.lines)}`);
    }

    stop() { this.#child.kill('SIGKILL'); }
}
