// The texts of a rule's page in the present language; fetched with that page.
import { ruleEn, ruleId } from './i18n/rule';
import { language } from './i18n/index.svelte';

export const ruleTexts = {
  get t() {
    return language.locale === 'en' ? ruleEn : ruleId;
  },
};
