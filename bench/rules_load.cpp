// How long the public rule collection takes from text to a set that can be run.
#include <algorithm>

#include <fmt/format.h>

#include "codec/yaml.h"
#include "sigma_corpus.h"

int main()
{
    using namespace tanggap;
    const auto files = bench::collection(bench::corpora_folder());
    double yaml = 1e9;
    double whole = 1e9;
    std::size_t rules = 0;
    for (int round = 0; round < 3; ++round) {
        double begin = bench::processor_seconds();
        for (const auto& file : files) {
            (void)codec::parse_yaml(file.yaml);
        }
        yaml = std::min(yaml, bench::processor_seconds() - begin);
        begin = bench::processor_seconds();
        std::vector<detect::Diagnostic> problems;
        const auto set = detect::RuleSet::load(files, detect::testing::mapping_files(), problems);
        whole = std::min(whole, bench::processor_seconds() - begin);
        rules = set->rules().size();
    }
    fmt::print("{} files, {} rules: {:.3f} s, of it YAML {:.3f} s (processor time, best of 3)\n",
               files.size(), rules, whole, yaml);
    return 0;
}
