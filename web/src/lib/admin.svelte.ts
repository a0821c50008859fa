// The administrator's texts in the present language; fetched with the pages that use them.
import { adminEn, adminId } from './i18n/admin';
import { language } from './i18n/index.svelte';

export const admin = {
  get t() {
    return language.locale === 'en' ? adminEn : adminId;
  },
};
