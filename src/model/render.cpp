#include "model/event.h"
