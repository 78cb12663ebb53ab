#include "peers.h"

#include <cstdint>
#include <cstdlib>
#include <dlfcn.h>
#include <map>
#include <sstream>
#include <stdexcept>

namespace bench
{

namespace
{

// Declarations from the peers' headers, so that the build does not need them.
enum { CBLAS_ROW_MAJOR = 101, CBLAS_NO_TRANS = 111, CBLAS_TRANS = 112 };
using CblasSgemm = void(int order, int transa, int transb, int m, int n, int k, float alpha,
                        const float *a, int lda, const float *b, int ldb, float beta, float *c,
                        int ldc);
using DnnlSgemm = int(char transa, char transb, int64_t m, int64_t n, int64_t k, float alpha,
                      const float *a, int64_t lda, const float *b, int64_t ldb, float beta,
                      float *c, int64_t ldc);
struct DnnlVersion {
    int major, minor, patch;
};

class Library
{
  public:
    explicit Library(const std::string &path) : path_(path), handle_(open(path)) {}

    // Returns NULL if there is no such symbol.
    template <typename Function> Function *find(const char *symbol) const
    {
        return reinterpret_cast<Function *>(dlsym(handle_, symbol));
    }

    template <typename Function> Function *get(const char *symbol) const
    {
        Function *found = find<Function>(symbol);
        if (!found)
            throw std::runtime_error(path_ + " has no " + symbol);
        return found;
    }

  private:
    static void *open(const std::string &path)
    {
        void *handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
        if (!handle)
            throw std::runtime_error(dlerror());
        return handle;
    }

    std::string path_;
    void *handle_; // never closed: the peer's threads run until the program ends
};

// The version, with the environment variable that overrides the library's choice of kernels.
std::string with_override(const std::string &version, const std::string &variable)
{
    const char *value = std::getenv(variable.c_str());
    return value ? version + " " + variable + "=" + value : version;
}

Peer cblas_peer(const std::string &name, const Library &library)
{
    Peer peer{name, "", [](int) {}, nullptr};
    // OpenBLAS and BLIS have their own thread counts.
    if (auto *set = library.find<void(int)>("openblas_set_num_threads"))
        peer.set_threads = set;
    else if (auto *set_blis = library.find<void(int64_t)>("bli_thread_set_num_threads"))
        peer.set_threads = set_blis;
    if (auto *config = library.find<const char *()>("openblas_get_config"))
        peer.version = with_override(config(), "OPENBLAS_CORETYPE");
    else if (auto *version = library.find<const char *()>("bli_info_get_version_str"))
        peer.version = with_override(version(), "BLIS_ARCH_TYPE");
    auto *sgemm = library.get<CblasSgemm>("cblas_sgemm");
    peer.multiply = [sgemm](const Shape &s, const float *a, const float *b, float *c) {
        sgemm(CBLAS_ROW_MAJOR, s.transa ? CBLAS_TRANS : CBLAS_NO_TRANS,
              s.transb ? CBLAS_TRANS : CBLAS_NO_TRANS, static_cast<int>(s.m), static_cast<int>(s.n),
              static_cast<int>(s.k), 1.0f, a, static_cast<int>(s.lda()), b,
              static_cast<int>(s.ldb()), 0.0f, c, static_cast<int>(s.n));
    };
    return peer;
}

Peer dnnl_peer(const std::string &name, const Library &library)
{
    // oneDNN uses the thread count of OpenMP, which every benchmark sets.
    Peer peer{name, "", [](int) {}, nullptr};
    const DnnlVersion *version = library.get<const DnnlVersion *()>("dnnl_version")();
    peer.version = std::to_string(version->major) + "." + std::to_string(version->minor) + "." +
                   std::to_string(version->patch);
    auto *sgemm = library.get<DnnlSgemm>("dnnl_sgemm");
    peer.multiply = [sgemm](const Shape &s, const float *a, const float *b, float *c) {
        const auto size = [](size_t n) { return static_cast<int64_t>(n); };
        sgemm(s.transa ? 'T' : 'N', s.transb ? 'T' : 'N', size(s.m), size(s.n), size(s.k), 1.0f, a,
              size(s.lda()), b, size(s.ldb()), 0.0f, c, size(s.n));
    };
    return peer;
}

Peer load_peer(const std::string &name, const std::string &path, const std::string &kind)
{
    if (kind == "cblas")
        return cblas_peer(name, Library(path));
    if (kind == "dnnl")
        return dnnl_peer(name, Library(path));
    throw std::runtime_error("peer " + name + ": kind '" + kind + "' is not cblas or dnnl");
}

} // namespace

std::vector<Peer> load_peers()
{
    const char *added = std::getenv("LANEWISE_BENCH_PEERS");
    std::istringstream words(std::string(LANEWISE_PEERS_FOUND) + " " + (added ? added : ""));
    std::map<std::string, std::pair<std::string, std::string>> specs;
    for (std::string word; words >> word;) {
        const size_t equals = word.find('='), colon = word.rfind(':');
        if (equals == std::string::npos || colon == std::string::npos || colon < equals)
            throw std::runtime_error("peer '" + word + "' is not name=path:kind");
        specs[word.substr(0, equals)] = {word.substr(equals + 1, colon - equals - 1),
                                         word.substr(colon + 1)};
    }
    std::vector<Peer> peers;
    for (const auto &[name, spec] : specs)
        peers.push_back(load_peer(name, spec.first, spec.second));
    return peers;
}

} // namespace bench
