#pragma once
/// What a listener's new connections are secured with; replaced while the server runs.

#include <memory>
#include <mutex>

#include "net/tls/context.hpp"
#include "net/tls/transport.hpp"

namespace televisit::net::tls {

/// **Threads**: any; `reload` and `renew_tickets` from one at a time. Connections that are open keep what they began
/// with. Must outlive its transports.
class Source {
  public:
    /// **Blocks**: for the disk. **Errors**: as `read_identity` and `Context::make`.
    static Result<std::shared_ptr<Source>> open(Files files, Version least);

    /// For one new connection. **Errors**: throws std::bad_alloc.
    std::unique_ptr<Transport> transport();

    /// Takes what the files hold now; when that cannot be used, all stays as it was. **Blocks**: for the disk.
    /// **Errors**: as `open`.
    Result<void> reload();
    /// The same identity with fresh keys of tickets: sessions from before are not resumed any more.
    Result<void> renew_tickets();

    const Files& files() const noexcept { return files_; }
    /// Of the files as they were when they were last read, with success or not. **Threads**: that of `reload`.
    const Stamp& stamp() const noexcept { return stamp_; }
    const Figures& figures() const noexcept { return figures_; }
    /// Until when the certificate in use is valid.
    Instant not_after() const;

  private:
    Source(Files files, Version least) : files_(std::move(files)), least_(least) {}
    Result<void> take(std::shared_ptr<const Identity> identity);

    const Files files_;
    const Version least_;
    Figures figures_;
    Stamp stamp_;
    mutable std::mutex mutex_;
    std::shared_ptr<const Identity> identity_;  // guarded by mutex_; shared with renewals under way
    std::shared_ptr<const Context> context_;    // guarded by mutex_; shared with connections being made
};

}  // namespace televisit::net::tls
