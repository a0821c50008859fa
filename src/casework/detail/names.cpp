// Source: the root zone's list of the Internet Assigned Numbers Authority, without brands and
// without what no resolver answers; names reserved by RFC 2606 and onion (RFC 7686) are kept.
#include "casework/detail/names.h"

#include <algorithm>
#include <array>

namespace tanggap::casework::detail {
namespace {

// Sorted: looked up by halving.
// clang-format off
constexpr std::array<std::string_view, 743> kTopLevelDomains{
    "ac", "academy", "accountant", "accountants", "actor", "ad", "adult", "ae", "aero", "af",
    "ag", "agency", "ai", "airforce", "al", "am", "ao", "apartments", "app", "aq", "ar", "army",
    "arpa", "art", "as", "asia", "associates", "at", "attorney", "au", "auction", "audio",
    "auto", "autos", "aw", "ax", "az", "ba", "band", "bank", "bar", "bargains", "bb", "bd", "be",
    "beauty", "beer", "best", "bet", "bf", "bg", "bh", "bi", "bid", "bike", "bingo", "bio",
    "biz", "bj", "black", "blackfriday", "blog", "blue", "bm", "bn", "bo", "boats", "bond",
    "boo", "book", "boston", "bot", "boutique", "box", "br", "broker", "bs", "bt", "build",
    "builders", "business", "buy", "buzz", "bw", "by", "bz", "ca", "cab", "cafe", "cam",
    "camera", "camp", "capital", "car", "cards", "care", "career", "careers", "cars", "casa",
    "cash", "casino", "cat", "catering", "cc", "cd", "center", "ceo", "cf", "cg", "ch",
    "charity", "chat", "cheap", "christmas", "church", "ci", "city", "ck", "cl", "claims",
    "cleaning", "click", "clinic", "clothing", "cloud", "club", "cm", "cn", "co", "coach",
    "codes", "coffee", "college", "com", "community", "company", "computer", "condos",
    "construction", "consulting", "contact", "contractors", "cooking", "cool", "coop", "country",
    "coupons", "courses", "cr", "credit", "creditcard", "cricket", "cruises", "cu", "cv", "cw",
    "cx", "cy", "cyou", "cz", "dad", "dance", "date", "dating", "day", "de", "deal", "dealer",
    "deals", "degree", "delivery", "democrat", "dental", "dentist", "design", "dev", "diamonds",
    "diet", "digital", "direct", "directory", "discount", "diy", "dj", "dk", "dm", "do",
    "doctor", "dog", "domains", "download", "dz", "earth", "eat", "ec", "ecom", "edu",
    "education", "ee", "eg", "email", "energy", "engineer", "engineering", "enterprises",
    "equipment", "er", "es", "esq", "estate", "et", "eu", "events", "example", "exchange",
    "expert", "exposed", "express", "fail", "faith", "family", "fan", "fans", "farm", "fashion",
    "feedback", "fi", "film", "finance", "financial", "fish", "fishing", "fit", "fitness", "fj",
    "fk", "flights", "florist", "flowers", "fm", "fo", "foo", "food", "football", "forex",
    "forsale", "forum", "foundation", "fr", "free", "fun", "fund", "furniture", "futbol", "fyi",
    "ga", "gallery", "game", "games", "garden", "gay", "gd", "ge", "gf", "gg", "gh", "gi",
    "gift", "gifts", "gives", "giving", "gl", "glass", "global", "gm", "gmbh", "gn", "gold",
    "golf", "gov", "gp", "gq", "gr", "graphics", "gratis", "green", "gripe", "group", "gs", "gt",
    "gu", "guide", "guitars", "guru", "gw", "gy", "hair", "haus", "health", "healthcare", "help",
    "hiphop", "hiv", "hk", "hm", "hn", "hockey", "holdings", "holiday", "homes", "horse",
    "hospital", "host", "hosting", "hot", "house", "how", "hr", "ht", "hu", "icu", "id", "ie",
    "il", "im", "immo", "immobilien", "in", "inc", "industries", "info", "ing", "ink",
    "institute", "insurance", "insure", "int", "international", "invalid", "investments", "io",
    "iq", "ir", "irish", "is", "it", "je", "jetzt", "jewelry", "jm", "jo", "jobs", "joburg",
    "jp", "juegos", "kaufen", "ke", "kg", "kh", "ki", "kids", "kim", "kitchen", "kiwi", "km",
    "kn", "koeln", "kp", "kr", "kw", "ky", "kz", "la", "land", "lat", "law", "lawyer", "lb",
    "lc", "lease", "legal", "lgbt", "li", "life", "lifestyle", "lighting", "limited", "limo",
    "link", "live", "living", "lk", "llc", "loan", "loans", "local", "localhost", "lol",
    "london", "lotto", "love", "lr", "ls", "lt", "ltd", "ltda", "lu", "luxe", "luxury", "lv",
    "ly", "ma", "maison", "makeup", "management", "map", "market", "marketing", "markets", "mba",
    "mc", "md", "me", "media", "meet", "meme", "memorial", "men", "menu", "mg", "mh", "miami",
    "mil", "mk", "ml", "mm", "mn", "mo", "mobi", "mobile", "moda", "moe", "moi", "mom", "money",
    "monster", "mortgage", "motorcycles", "mov", "movie", "mp", "mq", "mr", "ms", "mt", "mu",
    "museum", "mv", "mw", "mx", "my", "mz", "na", "name", "navy", "nc", "ne", "net", "network",
    "new", "news", "nexus", "nf", "ng", "ngo", "ni", "ninja", "nl", "no", "np", "nr", "nu",
    "nyc", "nz", "om", "one", "ong", "onion", "onl", "online", "ooo", "org", "organic", "osaka",
    "pa", "page", "paris", "partners", "parts", "party", "pay", "pe", "pet", "pf", "pg", "ph",
    "phd", "photo", "photography", "photos", "pics", "pictures", "pid", "pink", "pizza", "pk",
    "pl", "place", "plumbing", "plus", "pm", "pn", "poker", "porn", "post", "pr", "press", "pro",
    "productions", "prof", "promo", "properties", "property", "protection", "ps", "pt", "pub",
    "pw", "py", "qa", "quest", "racing", "re", "read", "realestate", "realtor", "realty",
    "recipes", "red", "rehab", "reise", "reisen", "rent", "rentals", "repair", "report",
    "republican", "rest", "restaurant", "review", "reviews", "rich", "rip", "ro", "rocks",
    "rodeo", "rs", "rsvp", "ru", "rugby", "run", "rw", "sa", "sale", "salon", "sarl", "save",
    "sb", "sc", "school", "schule", "science", "sd", "se", "security", "select", "services",
    "sex", "sexy", "sg", "sh", "shiksha", "shoes", "shop", "shopping", "show", "si", "singles",
    "site", "sj", "sk", "ski", "skin", "sl", "sm", "sn", "so", "soccer", "social", "software",
    "solar", "solutions", "spa", "space", "sport", "spot", "sr", "srl", "ss", "st", "storage",
    "store", "stream", "studio", "study", "style", "su", "sucks", "supplies", "supply",
    "support", "surf", "surgery", "sv", "sx", "sy", "systems", "sz", "talk", "tattoo", "tax",
    "taxi", "tc", "td", "team", "tech", "technology", "tel", "tennis", "test", "tf", "tg", "th",
    "theater", "theatre", "tickets", "tienda", "tips", "tires", "tj", "tk", "tl", "tm", "tn",
    "to", "today", "tokyo", "tools", "top", "tours", "town", "toys", "tr", "trade", "trading",
    "training", "travel", "tt", "tube", "tv", "tw", "tz", "ua", "ug", "uk", "university", "uno",
    "us", "uy", "uz", "va", "vacations", "vc", "ve", "vegas", "ventures", "vet", "vg", "vi",
    "viajes", "video", "villas", "vin", "vip", "vision", "vn", "vodka", "vote", "voting", "voto",
    "voyage", "vu", "wang", "watch", "watches", "webcam", "website", "wedding", "wf", "wiki",
    "win", "wine", "winners", "work", "works", "world", "wow", "ws", "wtf", "xxx", "xyz",
    "yachts", "ye", "yoga", "yokohama", "you", "yt", "za", "zip", "zm", "zone", "zw",
};

constexpr std::array<std::string_view, 186> kFileExtensions{
    "7z", "aab", "accdb", "aes", "apk", "arj", "asax", "ashx", "asmx", "asp", "aspx", "bak",
    "bat", "bin", "bmp", "bz2", "cer", "cgi", "chm", "class", "cmd", "conf", "config", "cpl",
    "crt", "crypt", "csr", "css", "csv", "dat", "db", "dbf", "deb", "dex", "dll", "dmg", "dmp",
    "doc", "docm", "docx", "dotm", "dump", "elf", "eml", "encrypted", "evt", "evtx", "exe",
    "exr", "gif", "gz", "har", "hta", "htaccess", "htm", "html", "htpasswd", "ico", "img", "ini",
    "ipa", "iso", "jar", "jks", "jpeg", "jpg", "js", "jse", "json", "jsp", "jspx", "key", "lnk",
    "lock", "lockbit", "locked", "log", "lua", "lz", "lzh", "m4a", "md", "mdb", "mhtml", "mov",
    "mp3", "mp4", "msc", "msg", "msi", "msix", "msp", "odp", "ods", "odt", "ogg", "ost", "otf",
    "p12", "p7b", "part", "pcap", "pcapng", "pdb", "pdf", "pem", "pfx", "phar", "php", "php3",
    "php4", "php5", "php7", "php8", "phps", "pht", "phtml", "pl", "png", "pot", "pps", "ppsx",
    "ppt", "pptm", "pptx", "ps1", "psd", "psm1", "pst", "py", "pyc", "rar", "raw", "rdp", "reg",
    "rpm", "rs", "rtf", "scr", "sct", "sh", "so", "sql", "sqlite", "sqlite3", "svg", "swf",
    "swp", "sys", "tar", "tgz", "tif", "tiff", "tmp", "torrent", "ttf", "txt", "url", "vbe",
    "vbs", "vhd", "vhdx", "vmdk", "vmem", "war", "wav", "webp", "wma", "wmv", "woff", "woff2",
    "wsc", "wsf", "xls", "xlsb", "xlsm", "xlsx", "xlt", "xml", "xsl", "xz", "yaml", "yar",
    "yara", "yml", "zip",
};

constexpr std::array<std::string_view, 8> kAmbiguous{
    "md", "mov", "pl", "py", "rs", "sh", "so", "zip",
};
// clang-format on

} // namespace

bool is_top_level_domain(std::string_view label)
{
    return std::ranges::binary_search(kTopLevelDomains, label) ||
           (label.starts_with("xn--") && label.size() > 4);
}

bool is_file_extension(std::string_view extension)
{
    return std::ranges::binary_search(kFileExtensions, extension);
}

bool is_ambiguous(std::string_view label)
{
    return std::ranges::binary_search(kAmbiguous, label);
}

} // namespace tanggap::casework::detail
