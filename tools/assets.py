"""placeholder of the lead until the front-end helper's file arrives"""
def build(say=print): pass
