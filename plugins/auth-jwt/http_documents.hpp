#pragma once
/// A key set at an address.

#include <cstddef>
#include <memory>
#include <string>

#include "key_document.hpp"

namespace Poco::Net {
class StreamSocket;
}

namespace televisit::auth_jwt {

/// Whether keys may be fetched from there: over https, or over http from this very machine, for whoever can change a
/// key set on its way can be anybody. **Errors**: `invalid`, with the reason for the operator, who reads neither user
/// name nor password of it.
Result<void> check_key_address(const std::string& url);

/// Asks by GET; follows no redirections, knows no proxy. An https server must prove its name, to the authorities in
/// `ca_file` (PEM) or, without one, to those of the system.
/// **Errors**: `unavailable` for whatever comes that is not a 200 of at most `max_size` bytes in time. The whole of the
/// exchange has one deadline, but for the look-up of the name, which is the system's.
class HttpDocuments final : public KeyDocuments {
  public:
    /// **Errors**: throws `std::invalid_argument` for an address that `check_key_address` refuses.
    HttpDocuments(const std::string& url, std::string ca_file, std::size_t max_size);
    ~HttpDocuments() override;
    Result<KeyDocument> fetch(std::chrono::milliseconds timeout) override;

  private:
    struct Address;
    Result<KeyDocument> exchange(Poco::Net::StreamSocket& socket) const;

    std::unique_ptr<const Address> address_;
    std::string ca_file_;
    std::size_t max_size_;
};

}  // namespace televisit::auth_jwt
