#include "daemon/certificate_watch.hpp"

#include "runtime/thread_name.hpp"

namespace televisit::daemon {
namespace {

constexpr std::chrono::seconds kInterval{2};

}  // namespace

CertificateWatch::CertificateWatch(const std::vector<ListenerTls>& listeners, const Clock& clock, Logger& logger,
                                   MetricRegistry& metrics)
    : certificates_(std::make_shared<Certificates>(listeners, clock, logger)) {
    metrics.add_source([certificates = certificates_] { return certificates->metrics(); });
    thread_ = std::thread([this] { run(); });
}

CertificateWatch::~CertificateWatch() {
    {
        const std::lock_guard lock(mutex_);
        leaving_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void CertificateWatch::ask() noexcept {
    {
        const std::lock_guard lock(mutex_);
        asked_ = true;
    }
    changed_.notify_all();
}

void CertificateWatch::run() {
    runtime::name_this_thread("certificates");
    std::unique_lock lock(mutex_);
    while (!leaving_) {
        changed_.wait_for(lock, kInterval, [this] { return leaving_ || asked_; });
        if (leaving_) return;
        const auto why = std::exchange(asked_, false) ? Certificates::Why::asked : Certificates::Why::routine;
        lock.unlock();
        certificates_->look(why);
        lock.lock();
    }
}

}  // namespace televisit::daemon
