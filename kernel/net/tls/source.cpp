#include "net/tls/source.hpp"

#include <utility>

namespace televisit::net::tls {

Result<std::shared_ptr<Source>> Source::open(Files files, Version least) {
    const std::shared_ptr<Source> source(new Source(std::move(files), least));
    if (auto taken = source->reload(); !taken) return std::move(taken).error();
    return source;
}

std::unique_ptr<Transport> Source::transport() {
    const auto context = [this] {
        const std::lock_guard lock(mutex_);
        return context_;
    }();
    return std::make_unique<TlsTransport>(context->connection(), figures_);
}

Result<void> Source::reload() {
    stamp_ = stamp_of(files_);
    auto identity = read_identity(files_);
    if (!identity) return std::move(identity).error();
    return take(std::make_shared<const Identity>(*std::move(identity)));
}

Result<void> Source::renew_tickets() {
    const auto identity = [this] {
        const std::lock_guard lock(mutex_);
        return identity_;
    }();
    return take(identity);
}

Result<void> Source::take(std::shared_ptr<const Identity> identity) {
    auto context = Context::make(*identity, least_);
    if (!context) return std::move(context).error();
    const std::lock_guard lock(mutex_);
    identity_ = std::move(identity);
    context_ = *std::move(context);
    return {};
}

Instant Source::not_after() const {
    const std::lock_guard lock(mutex_);
    return identity_->not_after;
}

}  // namespace televisit::net::tls
