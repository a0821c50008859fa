// Bodies of requests about cases as wishes. The dispatcher has checked their shape.
#pragma once

#include "api/detail/route.h"
#include "service/case_items.h"

namespace tanggap::api {

base::Result<service::NewCase> read_new_case(const Json& body);
base::Result<service::CaseEdit> read_case_edit(const Json& body);
base::Result<service::StageMove> read_stage_move(const Json& body);
base::Result<service::TaskEdit> read_task_edit(const Json& body);
base::Result<service::EntryEdit> read_entry_edit(const Json& body);
service::NoteEdit read_note_edit(const Json& body);
base::Result<std::optional<base::Time>> read_time(const Json& body, const char* name);
std::string text_of(const Json& body, const char* name);

} // namespace tanggap::api
