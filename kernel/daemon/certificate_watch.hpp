#pragma once
/// The thread that looks after the certificates.

#include <condition_variable>
#include <mutex>
#include <thread>

#include "daemon/certificates.hpp"

namespace televisit::daemon {

/// Looks every two seconds whether a file has become another. (A notice from the system would have to follow every
/// symbolic link on the way to it, and network file systems give none.)
///
/// **Threads**: `ask` from any.
class CertificateWatch {
  public:
    CertificateWatch(const std::vector<ListenerTls>& listeners, const Clock& clock, Logger& logger,
                     MetricRegistry& metrics);
    ~CertificateWatch();
    CertificateWatch(const CertificateWatch&) = delete;
    CertificateWatch& operator=(const CertificateWatch&) = delete;

    /// Has all files read soon, whether they have changed or not.
    void ask() noexcept;

  private:
    void run();

    // Shared with the registry, which asks for figures also when the watch is over.
    const std::shared_ptr<Certificates> certificates_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool asked_ = false;    // guarded by mutex_
    bool leaving_ = false;  // guarded by mutex_
    std::thread thread_;
};

}  // namespace televisit::daemon
