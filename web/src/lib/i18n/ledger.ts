// Texts of what a damaged disk took from the ledger, in both languages.

export const ledgerId = {
  lost: 'hilang',
  reasons: {
    journal_damaged: (n: string) => `${n} catatan log hilang karena jurnal rusak`,
    damaged_before_archive: (n: string) => `${n} peristiwa hilang sebelum masuk arsip`,
  } as Record<string, (n: string) => string>,
};

export const ledgerEn: typeof ledgerId = {
  lost: 'lost',
  reasons: {
    journal_damaged: (n) => `${n} records were lost with a damaged journal`,
    damaged_before_archive: (n) => `${n} events were lost before the archive had them`,
  },
};
