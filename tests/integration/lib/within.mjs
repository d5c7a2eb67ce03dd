// Waiting for what must happen, no longer than a bounded time.
const kPatience = 20_000;

/// `promise`, or a failure that says in vain for what it was waited.
export function within(promise, what, patience = kPatience) {
    let timer;
    const late = new Promise((_, fail) => {
        timer = setTimeout(() => fail(new Error(`waited in vain for ${typeof what === 'function' ? what() : what}`)), patience);
    });
    return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/// The first true result of `look`, asked again and again: for states that nobody tells of.
export async function until(look, what, patience = kPatience) {
    for (const end = Date.now() + patience; Date.now() < end;) {
        const found = await look();
        if (found) return found;
        await new Promise((done) => setTimeout(done, 20));
    }
    throw new Error(`waited in vain for ${typeof what === 'function' ? what() : what}`);
}
