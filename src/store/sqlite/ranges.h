// Annotations of an archive range as one text column.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "store/case_store.h"

namespace tanggap::store::sqlite {

/// JSON: {"rules":[id…],"events":[[sequence,index,level,[rule…],[alert…]]…]}; rules by position.
std::string write_annotations(const std::vector<Annotation>& annotations);
/// Errors: Corrupt.
base::Result<std::vector<Annotation>> read_annotations(std::string_view text);

std::string write_batch(const BatchResult& batch);
/// Errors: Corrupt.
base::Result<BatchResult> read_batch(std::string_view text);

} // namespace tanggap::store::sqlite
