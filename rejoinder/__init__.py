"""The application: what joins agents, tools, knowledge and prompts into one running program."""
