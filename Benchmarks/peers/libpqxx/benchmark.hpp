// What the workloads share; the protocol and the checksum are defined in Benchmarks/README.md.
#ifndef BENCHMARK_HPP
#define BENCHMARK_HPP

#include <cstdint>
#include <cstring>
#include <endian.h>
#include <functional>
#include <pqxx/pqxx>
#include <stdexcept>
#include <string>
#include <vector>

class Checksum {
public:
    static constexpr std::uint64_t prime = UINT64_C(0x100000001b3);

    std::uint64_t value = 0;

    void add_row(std::uint64_t row) { value = value * prime + row; }

    static std::uint64_t word(const void *bytes, std::size_t count)
    {
        const unsigned char *next = static_cast<const unsigned char *>(bytes);
        std::uint64_t sum = count, eight;
        for (; count >= 8; count -= 8, next += 8) {
            std::memcpy(&eight, next, 8);
            sum = sum * prime + le64toh(eight);
        }
        if (count > 0) {
            eight = 0;
            std::memcpy(&eight, next, count);
            sum = sum * prime + le64toh(eight);
        }
        return sum;
    }

    static std::uint64_t word(const std::string &text) { return word(text.data(), text.size()); }

    // Of a long bytea only the ends count.
    static std::uint64_t bytea(const unsigned char *bytes, std::size_t count)
    {
        if (count <= 64)
            return word(bytes, count);
        std::uint64_t sum = count, eight;
        for (std::size_t offset = 0; offset < 64; offset += 8) {
            std::memcpy(&eight, bytes + (offset < 32 ? offset : count - 64 + offset), 8);
            sum = sum * prime + le64toh(eight);
        }
        return sum;
    }

    static std::uint64_t word(double number)
    {
        std::uint64_t bits;
        std::memcpy(&bits, &number, sizeof bits);
        return bits;
    }

    static std::uint64_t word(std::int64_t number) { return static_cast<std::uint64_t>(number); }
};

// One workload. Only `run` is measured, over a multiple of `round` units; it returns how many units it ran, which may be
// more than it was asked for.
struct Workload {
    const char *name;
    long round;
    std::function<void(pqxx::connection &)> prepare;
    std::function<long(pqxx::connection &, long units, Checksum &)> run;
    const char *table = nullptr; // what it writes to: emptied before, proved after
};

// Every workload is in one of these.
std::vector<Workload> queries();
std::vector<Workload> copies();
std::vector<Workload> connecting(const std::string &connection_string);

#endif
