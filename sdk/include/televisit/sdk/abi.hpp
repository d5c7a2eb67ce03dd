#pragma once
/// What must be equal for a plugin and a server to work together, and where a plugin's file says it.
///
/// The border between them is C++, so the match is exact: another number, compiler, standard library, language level,
/// machine or sanitizer is refused, before any code of the plugin runs, with a message that names the part that
/// differs.
///
/// **The note**: section `.note.televisit`, note name "televisit", type 1. Its text is lines of `key=value`: `abi`,
/// `name`, `version`, `provides`, `requires`, `optional` (capabilities, separated by commas), then the line `schema=`
/// and, to the end, the YAML text of the configuration schema.

#include <cstddef>
#include <cstdint>

/// Raised with every change of a header in this folder that a compiled plugin could notice.
#define TELEVISIT_SDK_ABI 10

#define TELEVISIT_DETAIL_TEXT(x) #x
#define TELEVISIT_DETAIL_VALUE(x) TELEVISIT_DETAIL_TEXT(x)

#if defined(__clang__)
#define TELEVISIT_DETAIL_COMPILER "clang-" TELEVISIT_DETAIL_VALUE(__clang_major__)
#elif defined(__GNUC__)
#define TELEVISIT_DETAIL_COMPILER "gcc-" TELEVISIT_DETAIL_VALUE(__GNUC__)
#else
#error "televisit plugins are built with GCC or Clang"
#endif

#if defined(_GLIBCXX_USE_CXX11_ABI)
#define TELEVISIT_DETAIL_LIBRARY "libstdc++-cxx11-" TELEVISIT_DETAIL_VALUE(_GLIBCXX_USE_CXX11_ABI)
#else
#error "televisit plugins are built with libstdc++"
#endif

#if defined(__x86_64__)
#define TELEVISIT_DETAIL_MACHINE "x86_64"
#elif defined(__aarch64__)
#define TELEVISIT_DETAIL_MACHINE "aarch64"
#else
#error "televisit plugins are built for x86_64 or aarch64"
#endif

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TELEVISIT_DETAIL_SANITIZER "address"
#elif __has_feature(thread_sanitizer)
#define TELEVISIT_DETAIL_SANITIZER "thread"
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define TELEVISIT_DETAIL_SANITIZER "address"
#elif defined(__SANITIZE_THREAD__)
#define TELEVISIT_DETAIL_SANITIZER "thread"
#endif
#if !defined(TELEVISIT_DETAIL_SANITIZER)
#define TELEVISIT_DETAIL_SANITIZER "none"
#endif

/// Parts, in this order: SDK number; compiler; standard library; C++ level; machine; sanitizer.
#define TELEVISIT_ABI_TAG                                                                                       \
    "sdk-" TELEVISIT_DETAIL_VALUE(TELEVISIT_SDK_ABI) ";" TELEVISIT_DETAIL_COMPILER ";" TELEVISIT_DETAIL_LIBRARY \
                                                     ";c++-" TELEVISIT_DETAIL_VALUE(                            \
                                                         __cplusplus) ";" TELEVISIT_DETAIL_MACHINE              \
                                                                      ";" TELEVISIT_DETAIL_SANITIZER

namespace televisit::abi {

inline constexpr std::uint32_t kDescriptorMagic = 0x54565331;  // "TVS1"
inline constexpr char kDescriptorSymbol[] = "televisit_plugin_descriptor";
inline constexpr char kNoteSection[] = ".note.televisit";
inline constexpr std::uint32_t kNoteType = 1;

/// An ELF note (Elf64_Nhdr, name, text), as it lies in the file. `Size` is a multiple of four.
template <std::size_t Size>
struct Note {
    std::uint32_t name_size;
    std::uint32_t text_size;
    std::uint32_t type;
    char name[12];
    char text[Size];
};

template <std::size_t Size>
consteval auto make_note(const char (&text)[Size]) {
    Note<(Size + 3) / 4 * 4> note{10, (Size + 3) / 4 * 4, kNoteType, "televisit", {}};
    for (std::size_t i = 0; i < Size; ++i) note.text[i] = text[i];
    return note;
}

}  // namespace televisit::abi
