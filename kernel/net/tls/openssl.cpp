#include "net/tls/openssl.hpp"

#include <openssl/err.h>

namespace televisit::net::tls {

std::string last_failure() {
    const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
    ERR_clear_error();
    return reason ? reason : "unknown failure";
}

}  // namespace televisit::net::tls
