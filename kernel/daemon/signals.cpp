#include "daemon/signals.hpp"

#include <pthread.h>
#include <signal.h>

#include "runtime/thread_name.hpp"

namespace televisit::daemon {
namespace {

sigset_t handled_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGHUP, SIGTERM, SIGINT, SIGQUIT, SIGUSR2}) sigaddset(&set, signal);
    return set;
}

const char* name_of(int signal) {
    switch (signal) {
        case SIGTERM:
            return "SIGTERM";
        case SIGINT:
            return "SIGINT";
        default:
            return "SIGQUIT";
    }
}

}  // namespace

void block_signals() {
    const sigset_t set = handled_signals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &ignore, nullptr);
}

SignalThread::SignalThread(std::function<void()> on_hangup)
    : on_hangup_(std::move(on_hangup)), thread_([this] { take(); }) {}

SignalThread::~SignalThread() {
    {
        const std::lock_guard lock(mutex_);
        leaving_ = true;
    }
    pthread_kill(thread_.native_handle(), SIGUSR2);  // wakes sigwait, and nothing else waits for it
    thread_.join();
}

const char* SignalThread::wait_for_end() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return end_signal_ != 0; });
    return name_of(end_signal_);
}

void SignalThread::take() {
    runtime::name_this_thread("signals");
    const sigset_t set = handled_signals();
    while (true) {
        int signal = 0;
        if (sigwait(&set, &signal) != 0) continue;
        {
            const std::lock_guard lock(mutex_);
            if (leaving_) return;
            if (signal == SIGTERM || signal == SIGINT || signal == SIGQUIT) end_signal_ = signal;
        }
        changed_.notify_all();
        if (signal == SIGHUP) on_hangup_();
    }
}

}  // namespace televisit::daemon
