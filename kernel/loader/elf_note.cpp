#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

#include "loader/manifest.hpp"
#include "televisit/sdk/abi.hpp"

namespace televisit::loader {
namespace {

class File {
  public:
    explicit File(int fd) : fd_(fd) {}
    ~File() {
        if (fd_ >= 0) ::close(fd_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    int fd() const noexcept { return fd_; }

  private:
    int fd_;
};

struct ElfEnd {
    void operator()(Elf* elf) const noexcept { elf_end(elf); }
};
using ElfPtr = std::unique_ptr<Elf, ElfEnd>;

constexpr char kReinstall[] = " Install it again: copy it beside its place, then rename it.";

// The end of the last byte that the file must have by its own headers; nothing when these cannot be read.
std::optional<std::uint64_t> promised_size(Elf* elf, const GElf_Ehdr& header) {
    std::uint64_t end = header.e_shoff + std::uint64_t{header.e_shnum} * header.e_shentsize;
    std::size_t segments = 0;
    if (elf_getphdrnum(elf, &segments) != 0) return std::nullopt;
    for (std::size_t i = 0; i < segments; ++i) {
        GElf_Phdr segment;
        if (!gelf_getphdr(elf, static_cast<int>(i), &segment)) return std::nullopt;
        end = std::max<std::uint64_t>(end, segment.p_offset + segment.p_filesz);
    }
    return end;
}

Elf_Scn* find_section(Elf* elf, std::string_view wanted) {
    std::size_t names = 0;
    if (elf_getshdrstrndx(elf, &names) != 0) return nullptr;
    for (Elf_Scn* section = elf_nextscn(elf, nullptr); section; section = elf_nextscn(elf, section)) {
        GElf_Shdr header;
        if (!gelf_getshdr(section, &header)) return nullptr;
        const char* const name = elf_strptr(elf, names, header.sh_name);
        if (name && wanted == name) return section;
    }
    return nullptr;
}

std::optional<std::string> note_text(Elf_Scn* section) {
    Elf_Data* const data = elf_getdata(section, nullptr);
    if (!data || !data->d_buf) return std::nullopt;
    const std::string_view bytes(static_cast<const char*>(data->d_buf), data->d_size);
    GElf_Nhdr note;
    std::size_t name_at = 0;
    std::size_t text_at = 0;
    for (std::size_t at = 0; (at = gelf_getnote(data, at, &note, &name_at, &text_at)) > 0;) {
        if (name_at + note.n_namesz > bytes.size() || text_at + note.n_descsz > bytes.size()) return std::nullopt;
        std::string_view name = bytes.substr(name_at, note.n_namesz);
        name = name.substr(0, name.find('\0'));
        if (name == "televisit" && note.n_type == abi::kNoteType)
            return std::string(bytes.substr(text_at, note.n_descsz));
    }
    return std::nullopt;
}

Error fault(const std::filesystem::path& file, Errc code, const std::string& text) {
    return error(code, file.string() + " " + text);
}

}  // namespace

Result<Manifest> read_manifest(const std::filesystem::path& path) {
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status {};
    if (file.fd() < 0 || ::fstat(file.fd(), &status) != 0)
        return fault(path, errno == ENOENT ? Errc::not_found : Errc::unavailable,
                     std::string("cannot be read: ") + std::strerror(errno));
    if (!S_ISREG(status.st_mode)) return fault(path, Errc::malformed, "is not a file.");

    elf_version(EV_CURRENT);
    // Read, not mapped: a file that is cut while one looks at it would be a SIGBUS.
    const ElfPtr elf(elf_begin(file.fd(), ELF_C_READ, nullptr));
    GElf_Ehdr header;
    if (!elf || elf_kind(elf.get()) != ELF_K_ELF || !gelf_getehdr(elf.get(), &header) || header.e_type != ET_DYN)
        return fault(path, Errc::malformed, "is not a shared library (ELF), or is cut off at its very beginning.");
    const auto size = static_cast<std::uint64_t>(status.st_size);
    const auto promised = promised_size(elf.get(), header);
    if (!promised || *promised > size)
        return fault(path, Errc::malformed,
                     "is truncated: it has " + std::to_string(size) + " bytes" +
                         (promised ? " of " + std::to_string(*promised) : std::string()) + "." + kReinstall);
    Elf_Scn* const section = find_section(elf.get(), abi::kNoteSection);
    if (!section)
        return fault(path, Errc::malformed,
                     std::string("is not a televisit plugin: it has no section ") + abi::kNoteSection +
                         ". Make it with televisit_add_plugin() and TELEVISIT_PLUGIN(…).");
    const auto text = note_text(section);
    if (!text)
        return fault(path, Errc::malformed,
                     std::string("has a section ") + abi::kNoteSection + " without the note that belongs there.");
    auto manifest = parse_manifest(*text);
    if (!manifest) return fault(path, Errc::malformed, "cannot be used: " + manifest.error().message + ".");
    return manifest;
}

}  // namespace televisit::loader
