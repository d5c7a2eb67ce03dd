#pragma once
/// A stream socket of which every wait ends at one deadline, for Poco's Redis streams: a timeout of Poco's own sockets
/// is for each piece that comes, so that a server that trickles is never late.

#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocketImpl.h>

#include "televisit/sdk/time.hpp"

namespace televisit::storage_redis {

/// **Threads**: one at a time. **Errors**: as exceptions, for Poco's streams: `Poco::TimeoutException` at the deadline,
/// another `Poco::Exception` when the connection is lost.
class DeadlineSocket final : public Poco::Net::StreamSocketImpl {
  public:
    void wait_until(SteadyTime deadline) noexcept { deadline_ = deadline; }
    SteadyTime deadline() const noexcept { return deadline_; }

    void connect(const Poco::Net::SocketAddress& address) override;
    int sendBytes(const void* buffer, int length, int flags) override;
    int receiveBytes(void* buffer, int length, int flags) override;

    /// Whether the other side is still there and has sent nothing, as far as can be seen without asking it.
    bool is_quiet() noexcept;

  private:
    ~DeadlineSocket() override = default;
    void wait_for(short events);

    SteadyTime deadline_ = SteadyTime::max();
    bool more_expected_ = false;
};

}  // namespace televisit::storage_redis
