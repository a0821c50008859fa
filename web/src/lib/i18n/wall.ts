// Texts of the wallboard, fetched with it.
const id = {
  title: 'Layar dinding',
  lead: 'Hanya angka dan nama aturan: tanpa alamat, nama orang, atau isi kasus.',
  open: 'Peringatan terbuka',
  loud: 'Memuncak atau kambuh',
  unassigned: 'Tanpa penanggung jawab',
  reports: 'Laporan terbuka',
  cases: 'Kasus terbuka',
  overdue: 'Kasus lewat tenggat',
  sensors: 'Sensor diam',
  of: (n: string) => `dari ${n}`,
  rules: 'Aturan terbanyak pada peringatan terbuka',
  none: 'Tidak ada peringatan terbuka',
  updated: (time: string) => `Diperbarui ${time}`,
  stale: (time: string) => `Tidak ada kabar dari server sejak ${time}; angka ini mungkin lama.`,
  engine: 'Mesin peristiwa tidak berjalan; penerimaan dan deteksi tetap jalan.',
  full: 'Layar penuh',
  leave: 'Ke dasbor',
};

const en: typeof id = {
  title: 'Wallboard',
  lead: 'Counts and names of rules alone: no addresses, no people, nothing out of cases.',
  open: 'Open alerts',
  loud: 'Escalating or regressed',
  unassigned: 'Assigned to nobody',
  reports: 'Open reports',
  cases: 'Open cases',
  overdue: 'Overdue cases',
  sensors: 'Silent sensors',
  of: (n) => `of ${n}`,
  rules: 'Rules with the most open alerts',
  none: 'No open alerts',
  updated: (time) => `Updated ${time}`,
  stale: (time) => `Nothing heard from the server since ${time}; these figures may be old.`,
  engine: 'The event engine is not running; intake and detection go on.',
  full: 'Full screen',
  leave: 'To the dashboard',
};

export const wallTexts = { id, en };
