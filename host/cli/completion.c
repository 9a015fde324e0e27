/* SPDX-License-Identifier: MIT
 *
 * A completion script for bash, printed from the same tables that parse the command line.
 */
#include "cli/command.h"

#include <stdio.h>

static void print_options(const command *is) {
  for (size_t i = 0; i < is->n_options; i++) {
    printf("--%s ", is->options[i].name);
  }
  fputs("--help", stdout);
}

static void print_cases(void) {
  for (size_t i = 0; i < n_commands; i++) {
    printf("    %s) options='", commands[i].name);
    print_options(commands[i].is);
    puts("' ;;");
  }
}

void completion_print(void) {
  puts("# bash completion for shockgrid " SG_VERSION ", printed by 'shockgrid help --completion bash'\n"
       "_shockgrid() {\n"
       "  local word=${COMP_WORDS[COMP_CWORD]} options=\n"
       "  COMPREPLY=()\n"
       "  if [ \"$COMP_CWORD\" = 1 ]; then");
  fputs("    COMPREPLY=($(compgen -W '", stdout);
  for (size_t i = 0; i < n_commands; i++) {
    printf("%s ", commands[i].name);
  }
  puts("--help --version' -- \"$word\"))\n"
       "    return\n"
       "  fi\n"
       "  case \"${COMP_WORDS[1]} ${COMP_WORDS[COMP_CWORD-1]}\" in");
  fputs("    *' --model' | 'models show' | 'models check') COMPREPLY=($(compgen -W '", stdout);
  for (size_t i = 0; i < sg_model_shipped_count(); i++) {
    printf("%s%s", i == 0 ? "" : " ", sg_model_shipped_name(i));
  }
  puts("' -- \"$word\") $(compgen -f -- \"$word\")); return ;;\n"
       "    *' --device') COMPREPLY=($(compgen -W 'auto cpu gpu reference' -- \"$word\")); return ;;\n"
       "  esac\n"
       "  case ${COMP_WORDS[1]} in");
  print_cases();
  puts("  esac\n"
       "  case $word in\n"
       "    -*) COMPREPLY=($(compgen -W \"$options\" -- \"$word\")) ;;\n"
       "    *) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n"
       "  esac\n"
       "}\n"
       "complete -o filenames -F _shockgrid shockgrid");
}
