"""What aiconfigurator says of a way to serve, beside what we say; it is asked in a process of its own."""

from planner.second_opinion.answer import Figures, Opinion
from planner.second_opinion.asking import LIMIT_S, ask
from planner.second_opinion.question import Question, question_of

__all__ = ["LIMIT_S", "Figures", "Opinion", "Question", "ask", "question_of"]
