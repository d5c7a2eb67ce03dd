#pragma once
/// Reads the JSON object of a request: strictly, and telling everything that is wrong at once.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "televisit/sdk/http.hpp"
#include "televisit/sdk/result.hpp"

namespace televisit::rest_api {

/// The members of a request's JSON object, by name. Unknown ones are passed over; null counts as absent. What is
/// missing or of another type is remembered, and told by `fault`. **Threads**: one. **Owns**: nothing; the request must
/// outlive it.
class BodyFields {
  public:
    /// **Errors**: `unsupported_media` when a body is no `application/json`; `malformed` when there is none, when it is
    /// no JSON object, is nested deeper than `max_depth`, has more than 256 names, or one of them twice.
    static Result<BodyFields> required(const HttpRequest& request, std::size_t max_depth);
    /// The same, where no body is as good as `{}`.
    static Result<BodyFields> optional(const HttpRequest& request, std::size_t max_depth);

    std::string required_text(std::string_view name);
    std::optional<std::string> optional_text(std::string_view name);
    std::optional<std::int64_t> optional_integer(std::string_view name);
    /// A member that is an object, as the JSON text that came.
    std::optional<std::string> optional_object(std::string_view name);
    /// The whole body as it came.
    std::string_view json() const noexcept { return object_; }

    void add_error(std::string_view name, std::string code, std::string message);
    /// `invalid` with every field that is wrong; nothing when all is well.
    std::optional<Error> fault() const;

  private:
    explicit BodyFields(std::string_view object) : object_(object) {}
    std::string_view find(std::string_view name) const;

    std::string_view object_;
    std::vector<FieldError> errors_{};
};

}  // namespace televisit::rest_api
